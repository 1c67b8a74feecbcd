namespace Evergrain.Client.Picking;

/// <summary>
/// Takes a silo that fails out of rotation for a while: after three failures in a row, or when 30 % of at least twenty attempts in
/// ten seconds failed. Each time for two seconds longer, thirty at most. Outlier detection as in Envoy and Polly.
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

    public bool IsEjected
    {
        get
        {
            lock (_lock) return Now < _until;
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
            var now = Now;
            if (!allowed || now < _until || !(_inARow >= InARow || ManyFailed(now))) return null;
            _times = now - _until > Forgive ? 1 : _times + 1;
            var span = Step * _times < Longest ? Step * _times : Longest;
            _until = now + span;
            // It comes back with a clean slate: what it is judged by then is what it does then.
            _inARow = 0;
            Array.Clear(_window);
            return span;
        }
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
