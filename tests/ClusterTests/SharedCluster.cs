namespace Evergrain.ClusterTests;

/// <summary>One healthy cluster for all tests that break nothing.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    internal Cluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await Cluster.StartAsync();

    public async ValueTask DisposeAsync() => await Cluster.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class HealthyCluster : ICollectionFixture<SharedCluster>
{
    public const string Name = "healthy cluster";
}
