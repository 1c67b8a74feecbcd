namespace Evergrain.BrowserTests;

/// <summary>One healthy cluster with web pages for all tests that break nothing, and an operator's key.</summary>
public sealed class PagesCluster : IAsyncLifetime
{
    /// <summary>A key for tests; the YAML holds its hash.</summary>
    internal const string Key = "a key for tests";

    internal Cluster Cluster { get; private set; } = null!;

    internal static string Keys
        => $"keys:\n  - {{ name: tests, role: operator, sha256: {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Key)))} }}\n";

    public async ValueTask InitializeAsync()
    {
        if (Browser.Program is not null) Cluster = await Cluster.StartAsync(pages: true, more: Keys);
    }

    public async ValueTask DisposeAsync()
    {
        if (Cluster is not null) await Cluster.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class HealthyPages : ICollectionFixture<PagesCluster>, ICollectionFixture<Browser>
{
    public const string Name = "healthy pages";
}
