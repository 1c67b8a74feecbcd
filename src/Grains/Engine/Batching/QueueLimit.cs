namespace Evergrain.Engine.Batching;

/// <summary>When a queue is full.</summary>
internal static class QueueLimit
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Share of a call's time that it may spend in the queue. A prediction is no promise (a rush takes processor time from what computes: the
    /// wait was up to 1.8 times the predicted one), and a caller who is refused at once can still go elsewhere; one whose time ends in the queue has waited
    /// for nothing.</summary>
    private const double ShareOfTime = 0.5;

    /// <summary>Longest predicted wait that a call is taken on with.</summary>
    /// <param name="timeLeft">The call's time.</param>
    /// <param name="most">For any call.</param>
    public static TimeSpan For(TimeSpan timeLeft, TimeSpan most)
    {
        var share = timeLeft * ShareOfTime;
        return share < most ? share : most;
    }

    /// <summary>Predicted time until there is room; null where there is room now. What counts is the work ahead, not the call
    /// itself: an idle engine takes any call.</summary>
    /// <param name="secondsAhead">Predicted time of the queued work that goes first.</param>
    /// <param name="restOfBatch">Rest of what is running.</param>
    /// <param name="limit">Longest wait taken on.</param>
    public static TimeSpan? RetryAfter(double secondsAhead, TimeSpan restOfBatch, TimeSpan limit)
    {
        if (secondsAhead <= 0) return null;
        var seconds = secondsAhead + restOfBatch.TotalSeconds;
        var over = TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds)) - limit;
        if (over <= TimeSpan.Zero) return null;
        return over < Soonest ? Soonest : over;
    }
}
