using System.Collections.Immutable;
using Evergrain.Client.Events;
using Evergrain.Gateway.Cluster;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks;

/// <summary>
/// Every gateway sees most events; one of them is to tell of each. This one leaves an alert to a gateway earlier in the YAML that
/// answers and shows the same event, and looks again a little later whether that one still lives. In any doubt it tells itself: twice
/// is better than never. An all-clear comes from whoever told of the fault. Not thread safe: one loop owns it.
/// </summary>
internal sealed class Turns(INeighbours neighbours, TimeProvider time)
{
    /// <summary>How far apart two gateways may see the same thing: a frozen silo is suspect at once and evicted seconds later.</summary>
    private static readonly TimeSpan SameEvent = TimeSpan.FromSeconds(30);

    /// <summary>A little more than a message needs where all is well.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    /// <summary>Classes of faults by the kind's name in the API.</summary>
    private static readonly Dictionary<string, AlertClass?> Faults = Enum.GetValues<ClusterEventKind>()
        .Where(kind => AlertClasses.ClosedBy(kind).IsEmpty).ToDictionary(ClusterView.NameOf, AlertClasses.Of);

    private readonly Dictionary<(AlertClass Class, string Silo), string> _leftTo = [];
    private readonly List<(Alert Alert, string Stamp, long LeftAt)> _looks = [];

    /// <summary>When to look again at what was left to others; null where nothing was.</summary>
    public TimeSpan? UntilLook
        => _looks.Count == 0 ? null : TimeSpan.FromTicks(Math.Max(0, (LookAgain - time.GetElapsedTime(_looks[0].LeftAt)).Ticks));

    /// <summary>Of <paramref name="alerts"/>, and of those left to others a while ago, the ones that this gateway tells.</summary>
    public async Task<ImmutableArray<Alert>> TakeAsync(ImmutableArray<Alert> alerts, CancellationToken cancellationToken)
    {
        var again = _looks.Where(l => time.GetElapsedTime(l.LeftAt) >= LookAgain).ToArray();
        if (alerts.IsEmpty && again.Length == 0) return [];
        var timelines = await neighbours.AskAsync(cancellationToken).ConfigureAwait(false);
        var mine = ImmutableArray.CreateBuilder<Alert>();
        foreach (var look in again)
        {
            _looks.Remove(look);
            if (timelines.Any(t => t.Stamp == look.Stamp)) continue;
            _leftTo.Remove((look.Alert.Class, look.Alert.Event.Silo));
            mine.Add(look.Alert);
        }

        foreach (var alert in alerts)
        {
            if (LeaveTo(alert, timelines) is { } stamp) _looks.Add((alert, stamp, time.GetTimestamp()));
            else mine.Add(alert);
        }

        return mine.ToImmutable();
    }

    /// <returns>The start of the gateway that tells; null for this one.</returns>
    private string? LeaveTo(Alert alert, ImmutableArray<NeighbourTimeline> timelines)
    {
        var age = time.GetUtcNow() - alert.Event.At;
        var teller = timelines.FirstOrDefault(t => t.Events.Any(e => IsSame(alert, age, e.Event, e.Age)))?.Stamp;
        var silo = alert.Event.Silo;
        if (alert.IsAllClear)
        {
            // Whoever told of the fault is still owed the end of it, and a gateway that started since knows of no fault.
            var owed = alert.Closes.Select(c => _leftTo.GetValueOrDefault((c, silo))).ToArray();
            foreach (var closed in alert.Closes) _leftTo.Remove((closed, silo));
            return teller is not null && owed.All(stamp => stamp == teller) ? teller : null;
        }

        if (teller is null) _leftTo.Remove((alert.Class, silo));
        else _leftTo[(alert.Class, silo)] = teller;
        return teller;
    }

    private static bool IsSame(Alert alert, TimeSpan age, EventAnswer theirs, TimeSpan theirAge)
        => theirs.Silo == alert.Event.Silo && (theirAge - age).Duration() <= SameEvent
            && (alert.IsAllClear ? theirs.Kind == ClusterView.NameOf(alert.Event.Kind) : Faults.GetValueOrDefault(theirs.Kind) == alert.Class);
}
