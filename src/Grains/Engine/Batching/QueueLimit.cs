namespace Evergrain.Engine.Batching;

/// <summary>When a queue is full.</summary>
internal static class QueueLimit
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Share of the time a call can spare that it may spend in the queue. A prediction is no promise (a rush takes processor time from what
    /// computes: the wait was up to 1.8 times the predicted one), and a caller who is refused at once can still go elsewhere; one whose time ends in the
    /// queue has waited for nothing.</summary>
    private const double ShareOfTime = 0.5;

    /// <summary>Predicted time until there is room; null where there is room now. An idle engine takes any call: one that takes longer than its time would
    /// find room nowhere else.</summary>
    /// <param name="secondsAhead">Predicted time of the queued work that goes first.</param>
    /// <param name="restOfBatch">Rest of what is running.</param>
    /// <param name="ownSeconds">Predicted time of the call itself.</param>
    /// <param name="timeLeft">The call's time.</param>
    /// <param name="most">Longest wait in the queue, for any call.</param>
    public static TimeSpan? RetryAfter(double secondsAhead, TimeSpan restOfBatch, double ownSeconds, TimeSpan timeLeft, TimeSpan most)
    {
        var wait = secondsAhead + restOfBatch.TotalSeconds;
        if (wait <= 0) return null;
        var spare = Math.Max(0, timeLeft.TotalSeconds - ownSeconds);
        // The end of one batch is told better than that of a queue.
        var limit = secondsAhead > 0 ? Math.Min(spare * ShareOfTime, most.TotalSeconds) : spare;
        if (wait <= limit) return null;
        var over = TimeSpan.FromSeconds(Math.Min(wait - limit, Longest.TotalSeconds));
        return over < Soonest ? Soonest : over;
    }
}
