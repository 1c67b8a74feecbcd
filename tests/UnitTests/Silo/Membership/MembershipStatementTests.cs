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

/// <summary>The statements as Orleans itself calls them, over a real database. Each test has a cluster of its own.</summary>
public abstract class MembershipStatementTests
{
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);

    private static readonly string[] QueryNames =
    [
        "CleanupDefunctSiloEntriesKey", "DeleteMembershipTableEntriesKey", "GatewaysQueryKey", "InsertMembershipKey",
        "InsertMembershipVersionKey", "MembershipReadAllKey", "MembershipReadRowKey", "UpdateIAmAlivetimeKey", "UpdateMembershipKey",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly string _clusterId = $"cluster-{Guid.NewGuid():N}";

    protected abstract ClusterConfig Database { get; }

    protected abstract string Script { get; }

    [Fact]
    public void Script_HasTheNineStatementsOfOrleans()
        => Assert.Equal(QueryNames, MembershipScript.Load(Script).Queries.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public async Task ReadAll_NoSilo_VersionAlone()
    {
        var table = await OpenAsync();

        var data = await table.ReadAllAsync(Cancel);

        Assert.Empty(data.Members);
        Assert.Equal(0, data.Version.Version);
    }

    [Fact]
    public async Task ReadRow_NoSuchSilo_VersionAlone()
    {
        var table = await OpenAsync();
        await table.InsertRowAsync(Entry(1), Version(0), Cancel);

        var data = await table.ReadRowAsync(Entry(2).SiloAddress, Cancel);

        Assert.Empty(data.Members);
        Assert.Equal(1, data.Version.Version);
    }

    [Fact]
    public async Task InsertRow_ThenRead_SameEntry()
    {
        var table = await OpenAsync();

        Assert.True(await table.InsertRowAsync(Entry(1), Version(0), Cancel));

        var data = await table.ReadRowAsync(Entry(1).SiloAddress, Cancel);
        Assert.Equal(1, data.Version.Version);
        AssertSame(Entry(1), Assert.Single(data.Members).Item1);
    }

    [Fact]
    public async Task InsertRow_SameSiloAgain_RefusedAndVersionStays()
    {
        var table = await OpenAsync();
        await table.InsertRowAsync(Entry(1), Version(0), Cancel);

        Assert.False(await table.InsertRowAsync(Entry(1), Version(1), Cancel));

        Assert.Equal(1, (await table.ReadAllAsync(Cancel)).Version.Version);
    }

    [Fact]
    public async Task InsertRow_StaleVersion_RefusedAndNothingWritten()
    {
        var table = await OpenAsync();
        await table.InsertRowAsync(Entry(1), Version(0), Cancel);

        Assert.False(await table.InsertRowAsync(Entry(2), Version(0), Cancel));

        var data = await table.ReadAllAsync(Cancel);
        Assert.Equal(1, data.Version.Version);
        Assert.Single(data.Members);
    }

    [Fact]
    public async Task InsertRow_ManyAtOnceWithOneVersion_ExactlyOneWins()
    {
        var table = await OpenAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(1, 8).Select(i => Task.Run(async () =>
        {
            await gate.Task;
            return await table.InsertRowAsync(Entry(i), Version(0), Cancel);
        })).ToArray();

        gate.SetResult();

        Assert.Single(await Task.WhenAll(writers), won => won);
        var data = await table.ReadAllAsync(Cancel);
        Assert.Equal(1, data.Version.Version);
        Assert.Single(data.Members);
    }

    [Fact]
    public async Task UpdateRow_CurrentVersion_WritesStatusAndVotes()
    {
        var table = await OpenAsync();
        await table.InsertRowAsync(Entry(1), Version(0), Cancel);
        var dead = Entry(1);
        dead.Status = SiloStatus.Dead;
        dead.AddSuspector(Entry(2).SiloAddress, Now);

        Assert.True(await UpdateAsync(table, dead, 1));

        var data = await table.ReadRowAsync(dead.SiloAddress, Cancel);
        Assert.Equal(2, data.Version.Version);
        var read = Assert.Single(data.Members).Item1;
        Assert.Equal(SiloStatus.Dead, read.Status);
        Assert.Equal(Entry(2).SiloAddress, Assert.Single(read.SuspectTimes!).Item1);
    }

    [Fact]
    public async Task UpdateRow_StaleVersion_RefusedAndNothingWritten()
    {
        var table = await OpenAsync();
        await table.InsertRowAsync(Entry(1), Version(0), Cancel);
        var dead = Entry(1);
        dead.Status = SiloStatus.Dead;

        Assert.False(await UpdateAsync(table, dead, 0));

        var data = await table.ReadAllAsync(Cancel);
        Assert.Equal(1, data.Version.Version);
        Assert.Equal(SiloStatus.Active, Assert.Single(data.Members).Item1.Status);
    }

    [Fact]
    public async Task UpdateRow_NoSuchSilo_RefusedAndVersionStays()
    {
        var table = await OpenAsync();

        Assert.False(await UpdateAsync(table, Entry(1), 0));

        Assert.Equal(0, (await table.ReadAllAsync(Cancel)).Version.Version);
    }

    [Fact]
    public async Task UpdateIAmAlive_WritesTheTimeAndLeavesTheVersion()
    {
        var table = await OpenAsync();
        await table.InsertRowAsync(Entry(1), Version(0), Cancel);
        var later = Entry(1);
        later.IAmAliveTime = Now.AddMinutes(1);

        await table.UpdateIAmAliveAsync(later, Cancel);

        var data = await table.ReadAllAsync(Cancel);
        Assert.Equal(1, data.Version.Version);
        Assert.Equal(Now.AddMinutes(1), Assert.Single(data.Members).Item1.IAmAliveTime);
    }

    [Fact]
    public async Task Gateways_ActiveSilosWithAGatewayPortOnly()
    {
        var table = await OpenAsync();
        var joining = Entry(2);
        joining.Status = SiloStatus.Joining;
        var noGateway = Entry(3);
        noGateway.ProxyPort = 0;
        await table.InsertRowAsync(Entry(1), Version(0), Cancel);
        await table.InsertRowAsync(joining, Version(1), Cancel);
        await table.InsertRowAsync(noGateway, Version(2), Cancel);

        var gateways = await GatewaysAsync();

        Assert.Equal(Entry(1).ProxyPort, Assert.Single(gateways).Port);
    }

    [Fact]
    public async Task Cleanup_OldAndNotActive_Gone()
    {
        var table = await OpenAsync();
        var oldDead = Entry(1);
        oldDead.Status = SiloStatus.Dead;
        var oldActive = Entry(2);
        var newDead = Entry(3);
        newDead.Status = SiloStatus.Dead;
        newDead.IAmAliveTime = Now.AddHours(2);
        await table.InsertRowAsync(oldDead, Version(0), Cancel);
        await table.InsertRowAsync(oldActive, Version(1), Cancel);
        await table.InsertRowAsync(newDead, Version(2), Cancel);

        await table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(Now.AddHours(1)), Cancel);

        Assert.Equal(
            [oldActive.SiloAddress, newDead.SiloAddress],
            (await table.ReadAllAsync(Cancel)).Members.Select(m => m.Item1.SiloAddress).OrderBy(a => a.Endpoint.Port));
    }

    [Fact]
    public async Task Delete_ThisClusterOnly()
    {
        var table = await OpenAsync();
        var other = await OpenAsync($"{_clusterId}-other");
        await table.InsertRowAsync(Entry(1), Version(0), Cancel);
        await other.InsertRowAsync(Entry(1), Version(0), Cancel);

        await table.DeleteMembershipTableEntriesAsync(_clusterId, Cancel);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, Cancel);

        Assert.Empty((await table.ReadAllAsync(Cancel)).Members);
        Assert.Single((await other.ReadAllAsync(Cancel)).Members);
    }

    [Fact]
    public async Task Install_Again_KeepsRowsAndVersion()
    {
        var table = await OpenAsync();
        await table.InsertRowAsync(Entry(1), Version(0), Cancel);

        await MembershipDatabase.InstallAsync(Database, Cancel);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, Cancel);

        var data = await table.ReadAllAsync(Cancel);
        Assert.Equal(1, data.Version.Version);
        Assert.Single(data.Members);
    }

    [Fact]
    public async Task Install_ManyAtOnce_AllSucceed()
        => await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => MembershipDatabase.InstallAsync(Database, Cancel))));

    private async Task<IMembershipTable> OpenAsync(string? clusterId = null)
    {
        await MembershipDatabase.InstallAsync(Database, Cancel);
        var options = new AdoNetClusteringSiloOptions();
        MembershipDatabase.Configure(Database, options);
        var table = new AdoNetClusteringTable(
            new ServiceCollection().BuildServiceProvider(),
            Options.Create(new ClusterOptions { ClusterId = clusterId ?? _clusterId, ServiceId = _clusterId }),
            Options.Create(options),
            NullLogger<AdoNetClusteringTable>.Instance);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, Cancel);
        return table;
    }

    private async Task<IList<Uri>> GatewaysAsync()
    {
        var options = new AdoNetClusteringSiloOptions();
        MembershipDatabase.Configure(Database, options);
        var provider = new AdoNetGatewayListProvider(
            NullLogger<AdoNetGatewayListProvider>.Instance,
            new ServiceCollection().BuildServiceProvider(),
            Options.Create(new AdoNetClusteringClientOptions { Invariant = options.Invariant, ConnectionString = options.ConnectionString }),
            Options.Create(new GatewayOptions()),
            Options.Create(new ClusterOptions { ClusterId = _clusterId, ServiceId = _clusterId }));
        await provider.InitializeGatewayListProvider();
        return await provider.GetGateways();
    }

    /// <summary>As Orleans does: the etag of a row is the version of the table when it was read.</summary>
    private static Task<bool> UpdateAsync(IMembershipTable table, MembershipEntry entry, int current)
        => table.UpdateRowAsync(entry, $"{current}", Version(current), Cancel);

    private static TableVersion Version(int current) => new TableVersion(current, $"{current}").Next();

    private static MembershipEntry Entry(int index) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11110 + index, 1000 + index),
        SiloName = $"silo-{index}",
        HostName = "host",
        Status = SiloStatus.Active,
        ProxyPort = 30000 + index,
        StartTime = Now,
        IAmAliveTime = Now,
    };

    private static void AssertSame(MembershipEntry expected, MembershipEntry actual)
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
