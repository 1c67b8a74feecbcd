namespace Evergrain.Engine.Batching;

/// <summary>When a queue is full.</summary>
internal static class QueueLimit
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

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
