using System.Collections.Immutable;
using Evergrain.Client.Events;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks;

/// <summary>An event that a person shall be told of.</summary>
internal sealed record Alert
{
    public required ClusterEvent Event { get; init; }

    public required AlertClass Class { get; init; }

    /// <summary>The classes of which this is the all-clear; empty where it is none.</summary>
    public ImmutableArray<AlertClass> Closes { get; init; } = [];

    /// <summary>Earlier events of the same class and silo that nobody was told of.</summary>
    public int Untold { get; init; }

    public bool IsAllClear => !Closes.IsEmpty;
}

/// <summary>Which class an event belongs to, and what it puts an end to.</summary>
internal static class AlertClasses
{
    /// <summary>Null for what nobody is told of. Joined is no all-clear: the silo still loads its model. Left follows Draining.</summary>
    public static AlertClass? Of(ClusterEventKind kind) => kind switch
    {
        ClusterEventKind.Lost or ClusterEventKind.Suspected or ClusterEventKind.Evicted => AlertClass.SiloLost,
        ClusterEventKind.Failed => AlertClass.SiloFailed,
        ClusterEventKind.Ejected => AlertClass.SiloEjected,
        ClusterEventKind.MemoryFull => AlertClass.SiloFull,
        ClusterEventKind.Ready or ClusterEventKind.Trusted or ClusterEventKind.Readmitted or ClusterEventKind.MemoryFree => AlertClass.SiloBack,
        ClusterEventKind.Draining => AlertClass.SiloDraining,
        ClusterEventKind.PoisonRefused => AlertClass.Poison,
        ClusterEventKind.DatabaseLost or ClusterEventKind.DatabaseBack => AlertClass.Database,
        ClusterEventKind.Failover => AlertClass.Failover,
        _ => null,
    };

    public static ImmutableArray<AlertClass> ClosedBy(ClusterEventKind kind) => kind switch
    {
        ClusterEventKind.Ready => [AlertClass.SiloLost, AlertClass.SiloFailed, AlertClass.SiloEjected, AlertClass.SiloDraining],
        ClusterEventKind.Trusted => [AlertClass.SiloLost],
        ClusterEventKind.Readmitted => [AlertClass.SiloEjected],
        ClusterEventKind.MemoryFree => [AlertClass.SiloFull],
        ClusterEventKind.DatabaseBack => [AlertClass.Database],
        _ => [],
    };

    /// <summary>Over in the moment it happens: no all-clear follows.</summary>
    public static bool IsMomentary(AlertClass alertClass) => alertClass is AlertClass.Poison or AlertClass.Failover;
}
