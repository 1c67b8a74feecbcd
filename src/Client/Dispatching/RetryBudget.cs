namespace Evergrain.Client.Dispatching;

/// <summary>
/// Bounds retries to a share of the calls and a few a second. Without it, a cluster that is slow because it is full would get
/// three times the work. Failover from a lost silo is not a retry and not bounded.
/// </summary>
internal sealed class RetryBudget(TimeProvider time)
{
    /// <summary>Retries earned by one call.</summary>
    private const double Share = 0.2;

    /// <summary>Retries earned by one second.</summary>
    private const double PerSecond = 10;

    /// <summary>What is not used is kept for two quiet seconds, no longer.</summary>
    private const double Most = 2 * PerSecond;

    private readonly Lock _lock = new();
    private double _left = PerSecond;
    private long _at = time.GetTimestamp();

    /// <summary>A call began.</summary>
    public void Earn()
    {
        lock (_lock) _left = Math.Min(Most, Grown() + Share);
    }

    /// <summary>Takes one retry; false where none is left.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            var left = Grown();
            _left = left >= 1 ? left - 1 : left;
            return left >= 1;
        }
    }

    private double Grown()
    {
        var now = time.GetTimestamp();
        var grown = Math.Min(Most, _left + time.GetElapsedTime(_at, now).TotalSeconds * PerSecond);
        _at = now;
        return grown;
    }
}
