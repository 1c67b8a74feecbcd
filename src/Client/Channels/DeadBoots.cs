using System.Collections.Immutable;
using Evergrain.Client.Events;

namespace Evergrain.Client.Channels;

/// <summary>
/// Which boots the silos' membership views declare dead. Such a boot is never asked again, even while it still answers. A dead silo's
/// own view is not heard: the word of one that is connected counts. Used by one task.
/// </summary>
internal sealed class DeadBoots(ClusterEvents events)
{
    /// <summary>Boots that may yet be declared dead, and whether each was last heard of draining: then its end is no news.</summary>
    private readonly Dictionary<(string Silo, int BootId), bool> _living = [];
    private ImmutableArray<ImmutableArray<MemberView>> _views = [];
    private HashSet<(string Silo, int BootId)> _dead = [];

    public void Look(ImmutableArray<SiloChannel> channels)
    {
        foreach (var channel in channels)
        {
            if (channel.State is { Report: var r } && !_dead.Contains((r.Silo, r.BootId))) _living[(r.Silo, r.BootId)] = r.State == SiloState.Draining;
        }

        // The arrays stay the same until a view changes: then there is nothing to do, twenty times a second.
        var views = channels.Where(c => c.Connected && c.State is not null).Select(c => c.State!.Report.Members).ToImmutableArray();
        if (!views.SequenceEqual(_views))
        {
            _views = views;
            _dead = [.. channels.Where(c => c.Connected).SelectMany(DeclaredBy)];
            Announce(channels);
        }

        foreach (var channel in channels)
        {
            channel.SetDeclaredDead(channel.State is { Report: var r } && _dead.Contains((r.Silo, r.BootId)));
        }
    }

    private static IEnumerable<(string, int)> DeclaredBy(SiloChannel channel)
        => channel.State is { Report: var own }
            ? own.Members.Where(m => m.Dead && (m.Silo, m.BootId) != (own.Silo, own.BootId)).Select(m => (m.Silo, m.BootId))
            : [];

    private void Announce(ImmutableArray<SiloChannel> channels)
    {
        foreach (var (boot, drained) in _living.Where(b => _dead.Contains(b.Key)).ToList())
        {
            _living.Remove(boot);
            if (drained) continue;
            var witnesses = channels.Where(c => c.Connected && DeclaredBy(c).Contains(boot)).Select(c => c.Name);
            events.Publish(ClusterEventKind.Evicted, boot.Silo, boot.BootId, "membership declared it dead", $"so says {string.Join(", ", witnesses)}");
        }
    }
}
