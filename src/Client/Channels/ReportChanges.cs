using System.Collections.Immutable;
using Evergrain.Client.Events;

namespace Evergrain.Client.Channels;

/// <summary>What a newer report says that the one before did not.</summary>
/// <param name="Rebooted">It is the first of another boot.</param>
/// <param name="MayMatter">Calls may have to go another way from now on.</param>
/// <param name="Events">What is to be told.</param>
internal readonly record struct ReportChanges(
    bool Rebooted, bool MayMatter, ImmutableArray<(ClusterEventKind Kind, string Cause, string Evidence)> Events)
{
    /// <param name="before">Null for the first.</param>
    /// <param name="after">The newer.</param>
    /// <param name="proved">The boot has answered its first calls, so Ready means that it takes calls again.</param>
    public static ReportChanges Between(LoadReport? before, LoadReport after, bool proved)
    {
        var rebooted = before is not null && before.BootId != after.BootId;
        var fresh = before is null || rebooted;
        var moved = fresh || before!.State != after.State;
        var wasAway = fresh ? null : before!.MembershipAway;
        if (!moved && wasAway.HasValue == after.MembershipAway.HasValue) return new ReportChanges(false, false, []);

        var events = ImmutableArray.CreateBuilder<(ClusterEventKind, string, string)>();
        if (moved)
        {
            var reason = after.Reason ?? "";
            switch (after.State)
            {
                case SiloState.Starting:
                    events.Add((ClusterEventKind.Starting, "it starts", reason));
                    break;
                case SiloState.Draining:
                    events.Add((ClusterEventKind.Draining, "it takes no new calls", reason));
                    break;
                case SiloState.Failed:
                    events.Add((ClusterEventKind.Failed, "it cannot answer", reason));
                    break;
                case SiloState.Ready when proved && !fresh:
                    events.Add((ClusterEventKind.Ready, "it takes calls again", ""));
                    break;
            }
        }

        if (after.MembershipAway is { } away && wasAway is null)
            events.Add((ClusterEventKind.DatabaseLost, "the membership database does not answer it", $"for {away.TotalSeconds:F0} s; calls go on, nothing joins or is evicted"));
        if (after.MembershipAway is null && wasAway is { } since)
            events.Add((ClusterEventKind.DatabaseBack, "the membership database answers it again", $"after {since.TotalSeconds:F0} s"));
        return new ReportChanges(rebooted, moved, events.ToImmutable());
    }
}
