namespace Evergrain.Client.Channels;

/// <summary>
/// Decides how old a report may be before its silo is suspect. The check runs every 50 ms; one that itself comes late says
/// that this process was paused (garbage collection, a busy machine), in which case the reports may be waiting unread: the
/// limit grows by the lateness until a limit's length has passed.
/// </summary>
internal sealed class SuspicionClock(TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private long _lastCheck = time.GetTimestamp();
    private TimeSpan _grace;
    private long _graceSince;

    /// <summary>The age from which a report is too old, for this check.</summary>
    /// <param name="limit">Where no check comes late.</param>
    public TimeSpan NextLimit(TimeSpan limit)
    {
        var now = time.GetTimestamp();
        var lateness = time.GetElapsedTime(_lastCheck, now) - Interval;
        _lastCheck = now;
        // In this order: the end of one pause's grace must not hide that this check is late itself.
        if (time.GetElapsedTime(_graceSince, now) > limit) _grace = TimeSpan.Zero;
        if (lateness > _grace) (_grace, _graceSince) = (lateness, now);
        return limit + _grace;
    }
}
