namespace Evergrain.Client.Dispatching;

/// <summary>
/// Bounds extra calls to a share of the calls and a few a second. Without it, a cluster that is slow because it is full would get
/// three times the work. Failover from a lost silo is no extra call and not bounded.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="share">Extra calls earned by one call.</param>
/// <param name="perSecond">Extra calls earned by one second.</param>
/// <param name="most">What is not used is kept up to this.</param>
/// <param name="first">There at the start.</param>
internal sealed class CallBudget(TimeProvider time, double share, double perSecond, double most, double first)
{
    private readonly Lock _lock = new();
    private double _left = first;
    private long _at = time.GetTimestamp();

    /// <summary>Other attempts after a failure: 20 % of the calls and ten a second; two quiet seconds' worth is kept.</summary>
    public static CallBudget ForRetries(TimeProvider time) => new(time, share: 0.2, perSecond: 10, most: 20, first: 10);

    /// <summary>Second copies of calls that are late: 3 % of the calls.</summary>
    public static CallBudget ForHedges(TimeProvider time) => new(time, share: 0.03, perSecond: 0, most: 10, first: 3);

    /// <summary>A call began.</summary>
    public void Earn()
    {
        lock (_lock) _left = Math.Min(most, Grown() + share);
    }

    /// <summary>Takes one extra call; false where none is left.</summary>
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
        if (perSecond == 0) return _left;
        var now = time.GetTimestamp();
        var grown = Math.Min(most, _left + time.GetElapsedTime(_at, now).TotalSeconds * perSecond);
        _at = now;
        return grown;
    }
}
