namespace Evergrain.Engine.Batching;

/// <summary>When a slot asks its session the known answers again: at the interval's end at the latest, a little earlier where it has nothing else to do. Used by one
/// thread.</summary>
internal sealed class ProbeSchedule(LiveLimits limits, TimeProvider time)
{
    private const double IdleShare = 0.8;

    private long _last = time.GetTimestamp(); // they were right when the session was opened

    /// <summary>How long to wait for work before there is a question to ask.</summary>
    public TimeSpan Patience
    {
        get
        {
            var left = (Interval * IdleShare) - time.GetElapsedTime(_last);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public bool IsDue(bool idle) => time.GetElapsedTime(_last) >= (idle ? Interval * IdleShare : Interval);

    public void Asked() => _last = time.GetTimestamp();

    private TimeSpan Interval => limits.Current.ProbeInterval;
}
