namespace Evergrain.Client.Picking;

/// <summary>
/// Takes a silo that fails out of rotation for a while: after three failures in a row, or when 30 % of at least twenty attempts in
/// ten seconds failed. Each time for two seconds longer, thirty at most; then a probe decides whether it comes back. Outlier detection as in
/// Envoy and Polly.
/// </summary>
internal sealed class Ejection(TimeProvider time)
{
    private const int InARow = 3;
    private const int LeastAttempts = 20;
    private const double FailedShare = 0.3;
    private const int WindowSeconds = 10;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>After this time without an ejection the next one is a first one again.</summary>
    private static readonly TimeSpan Forgive = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly (long Second, int Attempts, int Failures)[] _window = new (long, int, int)[WindowSeconds];
    private readonly long _origin = time.GetTimestamp();
    private int _inARow;
    private int _times;
    private TimeSpan _until;
    private bool _ejected;

    /// <summary>Out of rotation, from the failure that was too many until <see cref="Readmit"/>.</summary>
    public bool IsEjected => Volatile.Read(ref _ejected);

    /// <summary>Its time is over: it may come back once it has answered a probe.</summary>
    public bool IsProbeDue
    {
        get
        {
            lock (_lock) return _ejected && Now >= _until;
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>The silo answered.</summary>
    public void Succeeded()
    {
        lock (_lock)
        {
            _inARow = 0;
            Count(failed: false);
        }
    }

    /// <summary>The silo failed.</summary>
    /// <param name="allowed">False where no other silo could take its calls: the last one is never ejected.</param>
    /// <returns>For how long it is ejected from now on; null where it is not, or was already.</returns>
    public TimeSpan? Failed(bool allowed)
    {
        lock (_lock)
        {
            _inARow++;
            Count(failed: true);
            return allowed && !_ejected && (_inARow >= InARow || ManyFailed(Now)) ? Eject() : null;
        }
    }

    /// <summary>The probe after its time failed.</summary>
    /// <returns>For how long it stays out.</returns>
    public TimeSpan ProbeFailed()
    {
        lock (_lock) return Eject();
    }

    /// <summary>It comes back with a clean slate: what it is judged by from now on is what it does from now on.</summary>
    public void Readmit()
    {
        lock (_lock)
        {
            Volatile.Write(ref _ejected, false);
            _inARow = 0;
            Array.Clear(_window);
        }
    }

    private TimeSpan Eject()
    {
        var now = Now;
        _times = now - _until > Forgive ? 1 : _times + 1;
        var span = Step * _times < Longest ? Step * _times : Longest;
        _until = now + span;
        Volatile.Write(ref _ejected, true);
        return span;
    }

    private void Count(bool failed)
    {
        var second = (long)Now.TotalSeconds + 1; // 0 marks an empty slot
        ref var slot = ref _window[second % WindowSeconds];
        if (slot.Second != second) slot = (second, 0, 0);
        slot.Attempts++;
        if (failed) slot.Failures++;
    }

    private bool ManyFailed(TimeSpan now)
    {
        var (attempts, failures) = (0, 0);
        foreach (var slot in _window)
        {
            if (slot.Second == 0 || slot.Second <= (long)now.TotalSeconds + 1 - WindowSeconds) continue;
            attempts += slot.Attempts;
            failures += slot.Failures;
        }

        return attempts >= LeastAttempts && failures >= attempts * FailedShare;
    }
}
