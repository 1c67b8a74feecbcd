using Evergrain.Silo.Membership;

namespace Evergrain.UnitTests.Silo.Membership;

/// <summary>The statements as Orleans itself calls them.</summary>
public abstract class MembershipStatementTests : MembershipTableTests
{
    private static readonly string[] QueryNames =
    [
        "CleanupDefunctSiloEntriesKey", "DeleteMembershipTableEntriesKey", "GatewaysQueryKey", "InsertMembershipKey",
        "InsertMembershipVersionKey", "MembershipReadAllKey", "MembershipReadRowKey", "UpdateIAmAlivetimeKey", "UpdateMembershipKey",
    ];

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
        var other = await OpenAsync($"{ClusterId}-other");
        await table.InsertRowAsync(Entry(1), Version(0), Cancel);
        await other.InsertRowAsync(Entry(1), Version(0), Cancel);

        await table.DeleteMembershipTableEntriesAsync(ClusterId, Cancel);
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
}
