
namespace Evergrain.ClusterTests;

/// <summary>The same promise with PostgreSQL behind the membership: it may be empty, restarted, or gone.</summary>
public sealed class PostgreSqlTests
{
    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task EmptyDatabase_RestartedThenGoneTwice_NoneFailedSilosComeBackAndUpEnds()
    {
        await using var server = new PostgreSqlServer();
        Assert.SkipUnless(server.Available, "PostgreSQL is not installed");
        await server.InitializeAsync();
        await using var cluster = await Cluster.StartAsync($"{{ provider: postgresql, connection: \"{server.ConnectionString}\" }}");
        await FailoverTests.KillSilosAsync(cluster, "silo-a");

        await using var load = new Load(20, cluster.Shared);
        await server.StopAsync();
        await server.StartAsync();
        await Poll.UntilAsync(() => load.Count >= 60, TimeSpan.FromSeconds(10), "load after the restart");

        // Gone for 14 s: longer than every time-out around the membership table. A silo dies meanwhile.
        await server.StopAsync();
        var gone = load.Now;
        await Poll.UntilAsync(() => load.Now - gone > TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(30), "load without a database");
        Assert.Matches(@"(?m)^degraded: membership database away for \d+ s \(silo-a, silo-b\): calls go on", (await cluster.RunAsync("status")).Output);
        var pid = await cluster.PidAsync("silo-b");
        Command.Signal(pid, Command.SigKill);
        await Poll.UntilAsync(() => load.Now - gone > TimeSpan.FromSeconds(14), TimeSpan.FromSeconds(30), "load without database and silo-b");
        Assert.NotEqual("ready", (await cluster.SiloAsync("silo-b")).State);

        await server.StartAsync();
        await Poll.UntilAsync(async () => (await cluster.SiloAsync("silo-b")).State == "ready", BackLimit, "silo-b back", () => cluster.Output);
        await FailoverTests.RequireServesAsync(cluster, "silo-b");
        await Poll.UntilAsync(async () => (await cluster.RunAsync("status")).ExitCode == 0, BackLimit, "not degraded any more", () => cluster.Output);
        Load.RequireNoneFailedNoneWrong(await load.StopAsync());

        // What a person does then must not wait for it either.
        await server.StopAsync();
        var drained = await cluster.RunAsync("drain", "silo-a");
        Assert.Equal(("", 0), (drained.Error, drained.ExitCode));
        Assert.Equal("draining", (await cluster.SiloAsync("silo-a")).State);
        Assert.Equal(0, (await cluster.RunAsync("undrain", "silo-a")).ExitCode);
        var (exitCode, took) = await cluster.EndAsync(Command.SigTerm);
        Assert.Equal(0, exitCode);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }
}
