namespace Evergrain.Engine.Batching;

/// <summary>When a queue is full.</summary>
internal static class QueueLimit
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Predicted time until there is room; null where there is room now. What counts is the work ahead, not the call
    /// itself: an idle engine takes any call.</summary>
    /// <param name="tokensAhead">Queued tokens that go first.</param>
    /// <param name="drainRate">Tokens per second.</param>
    /// <param name="restOfBatch">Rest of what is running.</param>
    /// <param name="limit">Longest wait taken on.</param>
    public static TimeSpan? RetryAfter(long tokensAhead, double drainRate, TimeSpan restOfBatch, TimeSpan limit)
    {
        if (tokensAhead == 0) return null;
        var seconds = (tokensAhead / Math.Max(drainRate, 1)) + restOfBatch.TotalSeconds;
        var over = TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds)) - limit;
        if (over <= TimeSpan.Zero) return null;
        return over < Soonest ? Soonest : over;
    }
}
