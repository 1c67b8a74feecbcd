using System.Collections.Immutable;
using Evergrain.Cli.Drill.Load;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>What a cluster of the drill's own consists of, before it is started.</summary>
internal sealed record ClusterLayout
{
    /// <summary>Its file is written when the cluster opens; the file's folder is the cluster's own and goes with it.</summary>
    public required EvergrainConfig Config { get; init; }

    /// <summary>One a node.</summary>
    public required ImmutableArray<UpStart> Ups { get; init; }

    /// <summary>The address that one-URL callers know.</summary>
    public required Uri Shared { get; init; }

    /// <summary>"2 silos, 2 gateways, own cluster".</summary>
    public required string Description { get; init; }

    /// <summary>"sqlite", or "postgresql 15.18".</summary>
    public required string Membership { get; init; }

    /// <summary>Null: this process's own sockets reach the gateways.</summary>
    public Connect? Connect { get; init; }

    /// <summary>The membership database, where the cluster has one of its own that may be stopped.</summary>
    public PostgreSqlServer? Database { get; init; }

    /// <summary>The model package, where files of it may be spoiled.</summary>
    public ModelCopy? Model { get; init; }

    /// <summary>Disposed after the last process has ended.</summary>
    public ImmutableArray<IAsyncDisposable> Resources { get; init; } = [];
}
