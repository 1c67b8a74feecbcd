using System.Collections.Immutable;

namespace Evergrain.Silo.LoadReports;

/// <summary>The membership as this silo sees it: status from gossip, gateway ports from the table. Readers take the whole view.</summary>
internal sealed class MembershipView
{
    /// <summary>Dead boots of one silo that are told of, the newest: enough for any that a channel may still be connected to, whatever
    /// the table keeps.</summary>
    private const int DeadBoots = 8;

    // A reference, because only those have Volatile.
    private Snapshot _snapshot = new([]);

    /// <summary>The same array until the view changes.</summary>
    public ImmutableArray<MemberView> Members => Volatile.Read(ref _snapshot).Members;

    /// <summary>Takes over a new state of the cluster; called by one task.</summary>
    /// <returns>What the view was before, where it changed.</returns>
    public ImmutableArray<MemberView>? Update(ImmutableArray<MemberView> members)
    {
        var before = Members;
        if (before.SequenceEqual(members)) return null;
        Volatile.Write(ref _snapshot, new(members));
        return before;
    }

    /// <summary>Silos that serve, are leaving or are dead. One that is joining is not told of: it takes no clients yet.</summary>
    public static ImmutableArray<MemberView> Compose(IEnumerable<ClusterMember> members, IReadOnlyDictionary<SiloAddress, int> gatewayPorts)
        => [.. members
            .Where(m => m.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping or SiloStatus.Dead)
            .Select(m => new MemberView
            {
                Silo = m.Name,
                BootId = m.SiloAddress.Generation,
                Host = m.SiloAddress.Endpoint.Address.ToString(),
                GatewayPort = gatewayPorts.GetValueOrDefault(m.SiloAddress),
                Dead = m.Status == SiloStatus.Dead,
            })
            .GroupBy(m => (m.Silo, m.Dead))
            .SelectMany(g => g.OrderByDescending(m => m.BootId).Take(g.Key.Dead ? DeadBoots : int.MaxValue))
            .OrderBy(m => m.Silo, StringComparer.Ordinal)
            .ThenBy(m => m.BootId)];

    /// <summary>True where a live silo's gateway port is still unknown: read the table. Ports never change within a boot.</summary>
    public static bool LacksPort(IEnumerable<ClusterMember> members, IReadOnlyDictionary<SiloAddress, int> gatewayPorts)
        => members.Any(m => m.Status == SiloStatus.Active && !gatewayPorts.ContainsKey(m.SiloAddress));

    private sealed record Snapshot(ImmutableArray<MemberView> Members);
}
