namespace Evergrain.ClusterTests;

/// <summary>One cluster for many tests: each costs seconds of CPU time to start.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    internal Cluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await Cluster.StartAsync();

    public async ValueTask DisposeAsync() => await Cluster.DisposeAsync();
}

/// <summary>Tests that break nothing.</summary>
[CollectionDefinition(Name)]
public sealed class HealthyCluster : ICollectionFixture<SharedCluster>
{
    public const string Name = "healthy cluster";
}

/// <summary>Tests that stop, kill and start parts of it, or change its model. Each leaves it whole.</summary>
[CollectionDefinition(Name)]
public sealed class MendedCluster : ICollectionFixture<SharedCluster>
{
    public const string Name = "mended cluster";
}
