using System.Net;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Membership;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Membership;
using Orleans.Runtime.MembershipService;

namespace Evergrain.UnitTests.Silo.Membership;

/// <summary>A membership table of Orleans' own over a real database. Each test has a cluster of its own.</summary>
public abstract class MembershipTableTests
{
    protected static DateTime Now { get; } = new(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected string ClusterId { get; } = $"cluster-{Guid.NewGuid():N}";

    protected abstract ClusterConfig Database { get; }

    protected abstract string Script { get; }

    protected async Task<IMembershipTable> OpenAsync(string? clusterId = null)
    {
        await MembershipDatabase.InstallAsync(Database, Cancel);
        var options = new AdoNetClusteringSiloOptions();
        MembershipDatabase.Configure(Database, options);
        var table = new AdoNetClusteringTable(
            new ServiceCollection().BuildServiceProvider(),
            Options.Create(new ClusterOptions { ClusterId = clusterId ?? ClusterId, ServiceId = ClusterId }),
            Options.Create(options),
            NullLogger<AdoNetClusteringTable>.Instance);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, Cancel);
        return table;
    }

    protected async Task<IList<Uri>> GatewaysAsync()
    {
        var options = new AdoNetClusteringSiloOptions();
        MembershipDatabase.Configure(Database, options);
        var provider = new AdoNetGatewayListProvider(
            NullLogger<AdoNetGatewayListProvider>.Instance,
            new ServiceCollection().BuildServiceProvider(),
            Options.Create(new AdoNetClusteringClientOptions
            {
                Invariant = options.Invariant,
                ConnectionString = options.ConnectionString,
            }),
            Options.Create(new GatewayOptions()),
            Options.Create(new ClusterOptions { ClusterId = ClusterId, ServiceId = ClusterId }));
        await provider.InitializeGatewayListProvider();
        return await provider.GetGateways();
    }

    /// <summary>As Orleans does: the etag of a row is the version of the table when it was read.</summary>
    protected static Task<bool> UpdateAsync(IMembershipTable table, MembershipEntry entry, int current)
        => table.UpdateRowAsync(entry, $"{current}", Version(current), Cancel);

    protected static TableVersion Version(int current) => new TableVersion(current, $"{current}").Next();

    protected static MembershipEntry Entry(int index) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11110 + index, 1000 + index),
        SiloName = $"silo-{index}",
        HostName = "host",
        Status = SiloStatus.Active,
        ProxyPort = 30000 + index,
        StartTime = Now,
        IAmAliveTime = Now,
    };

    protected static void AssertSame(MembershipEntry expected, MembershipEntry actual)
    {
        Assert.Equal(expected.SiloAddress, actual.SiloAddress);
        Assert.Equal(expected.SiloName, actual.SiloName);
        Assert.Equal(expected.HostName, actual.HostName);
        Assert.Equal(expected.Status, actual.Status);
        Assert.Equal(expected.ProxyPort, actual.ProxyPort);
        Assert.Equal(expected.StartTime, actual.StartTime);
        Assert.Equal(expected.IAmAliveTime, actual.IAmAliveTime);
    }
}
