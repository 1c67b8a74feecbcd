using System.Collections.Immutable;
using Evergrain.Client.Events;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks;

/// <summary>
/// Decides what of the timeline is told. A class of one silo is told once within <paramref name="repeatAfter"/>; its all-clear at once, but
/// only where the fault was told. A fault that comes again within that time waits; if it is still there at the end, it is told then, so
/// that the last that people heard is never wrong for longer. Not thread safe: one loop owns it.
/// </summary>
internal sealed class AlertFilter(ImmutableArray<AlertClass> wanted, TimeSpan repeatAfter, TimeProvider time)
{
    private readonly Dictionary<(AlertClass Class, string Silo), Topic> _topics = [];
    private readonly Dictionary<string, int> _leaving = [];

    /// <summary>When the next fault has waited long enough; null where none waits.</summary>
    public TimeSpan? UntilDue
        => _topics.Values.Where(t => t.Waiting is not null).Select(t => (TimeSpan?)Max(TimeSpan.Zero, repeatAfter - Age(t))).Min();

    /// <summary>What is to be told now: of <paramref name="events"/>, which came about together, and of what has waited.</summary>
    public ImmutableArray<Alert> Take(IEnumerable<ClusterEvent> events)
    {
        var told = ImmutableArray.CreateBuilder<Alert>();
        var toldNow = new HashSet<Topic>();
        foreach (var e in events)
        {
            if (AlertClasses.Of(e.Kind) is not { } alertClass) continue;
            if (e.Kind == ClusterEventKind.Draining) _leaving[e.Silo] = e.BootId;
            else if (e.Kind == ClusterEventKind.Ready) _leaving.Remove(e.Silo); // a drain that was taken back
            if (AlertClasses.ClosedBy(e.Kind) is { IsEmpty: false } closed) Close(e, alertClass, closed, told);
            else if (wanted.Contains(alertClass) && !IsPlanned(e, alertClass)) Open(e, alertClass, told, toldNow);
        }

        foreach (var ((alertClass, _), topic) in _topics)
        {
            if (topic.Waiting is { } e && Age(topic) >= repeatAfter) Tell(topic, e, alertClass, told);
        }

        return told.ToImmutable();
    }

    private void Open(ClusterEvent e, AlertClass alertClass, ImmutableArray<Alert>.Builder told, HashSet<Topic> toldNow)
    {
        if (!_topics.TryGetValue((alertClass, e.Silo), out var topic)) _topics[(alertClass, e.Silo)] = topic = new Topic();
        if (topic.ToldAt is null || Age(topic) >= repeatAfter || toldNow.Contains(topic))
        {
            Tell(topic, e, alertClass, told);
            toldNow.Add(topic);
        }
        else if (topic.IsOpen || topic.Waiting is not null)
        {
            // The same trouble, further on: suspected, then evicted.
        }
        else
        {
            topic.Untold++;
            if (!AlertClasses.IsMomentary(alertClass)) topic.Waiting = e;
        }
    }

    private void Tell(Topic topic, ClusterEvent e, AlertClass alertClass, ImmutableArray<Alert>.Builder told)
    {
        told.Add(new Alert { Event = e, Class = alertClass, Untold = topic.Untold - (topic.Waiting is null ? 0 : 1) });
        topic.ToldAt = time.GetTimestamp();
        topic.IsOpen = !AlertClasses.IsMomentary(alertClass);
        topic.Waiting = null;
        topic.Untold = 0;
    }

    private void Close(ClusterEvent e, AlertClass alertClass, ImmutableArray<AlertClass> closed, ImmutableArray<Alert>.Builder told)
    {
        var ended = ImmutableArray.CreateBuilder<AlertClass>();
        foreach (var fault in closed)
        {
            if (!_topics.TryGetValue((fault, e.Silo), out var topic)) continue;
            if (topic.IsOpen) ended.Add(fault);
            topic.IsOpen = false;
            topic.Waiting = null;
        }

        if (ended.Count > 0 && wanted.Contains(alertClass)) told.Add(new Alert { Event = e, Class = alertClass, Closes = ended.ToImmutable() });
    }

    /// <summary>A silo that said goodbye and then goes is no loss, where it left no call behind; its next start has another boot id.</summary>
    private bool IsPlanned(ClusterEvent e, AlertClass alertClass)
        => alertClass == AlertClass.SiloLost && e.InFlight == 0 && _leaving.TryGetValue(e.Silo, out var boot) && boot == e.BootId;

    private TimeSpan Age(Topic topic) => topic.ToldAt is { } at ? time.GetElapsedTime(at) : TimeSpan.MaxValue;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>One class of one silo.</summary>
    private sealed class Topic
    {
        /// <summary>Timestamp of the last telling.</summary>
        public long? ToldAt { get; set; }

        /// <summary>Told, and not over yet.</summary>
        public bool IsOpen { get; set; }

        /// <summary>Came too early to be told again, and is not over yet.</summary>
        public ClusterEvent? Waiting { get; set; }

        public int Untold { get; set; }
    }
}
