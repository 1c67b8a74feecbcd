namespace Evergrain.Client.Picking;

/// <summary>
/// Decaying average of how much later than predicted a silo answers. Halves every two seconds without news, so that a silo
/// that was slow is asked again.
/// </summary>
internal sealed class LagEstimate(TimeProvider time)
{
    private const double Weight = 0.2;
    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private double _seconds;
    private long _at = time.GetTimestamp();

    public TimeSpan Current
    {
        get
        {
            lock (_lock) return TimeSpan.FromSeconds(Math.Max(0, Decayed(time.GetTimestamp())));
        }
    }

    /// <summary>An answer took <paramref name="observed"/> where <paramref name="predicted"/> (lag left out) was expected.</summary>
    public void Observe(TimeSpan observed, TimeSpan predicted)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var decayed = Decayed(now);
            _seconds = decayed + Weight * ((observed - predicted).TotalSeconds - decayed);
            // Being early is no credit for later: the estimate only ever adds.
            if (_seconds < 0) _seconds = 0;
            _at = now;
        }
    }

    public void Reset()
    {
        lock (_lock) _seconds = 0;
    }

    private double Decayed(long now) => _seconds * Math.Pow(0.5, time.GetElapsedTime(_at, now) / HalfLife);
}
