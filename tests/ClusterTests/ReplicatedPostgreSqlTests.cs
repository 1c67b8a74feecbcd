namespace Evergrain.ClusterTests;

/// <summary>Two PostgreSQL servers in one connection string: the pair finds the one that takes writes, whichever it is.</summary>
public sealed class ReplicatedPostgreSqlTests(PostgreSqlServer first) : IClassFixture<PostgreSqlServer>
{
    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task FirstHostReadOnlyThenDead_PairComesUpAndSilosComeBackThroughTheSecond()
    {
        Assert.SkipUnless(first.Available, "PostgreSQL is not installed");
        await using var second = new PostgreSqlServer();
        await second.InitializeAsync();
        await first.ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on");
        await first.ExecuteAsync("SELECT pg_reload_conf()");

        await using var cluster = await StartAsync(second);
        Assert.Equal(2L, await second.ExecuteAsync("SELECT count(*) FROM EvergrainSilo WHERE Status = 3"));
        Assert.Equal(DBNull.Value, await first.ExecuteAsync("SELECT to_regclass('EvergrainSilo')::text"));

        await first.StopAsync(crash: true);
        await FailoverTests.KillSilosAsync(cluster, "silo-b");
        Assert.Equal(2L, await second.ExecuteAsync("SELECT count(*) FROM EvergrainSilo WHERE Status = 3"));

        await first.StartAsync();
        await first.ExecuteAsync("ALTER SYSTEM RESET default_transaction_read_only");
        await first.ExecuteAsync("SELECT pg_reload_conf()");
    }

    [Fact]
    public async Task PrimaryCrashes_StandbyPromoted_NoneFailedAndSilosJoinAgain()
    {
        Assert.SkipUnless(first.Available, "PostgreSQL is not installed");
        await using var standby = await first.StartStandbyAsync();
        await using var cluster = await StartAsync(standby);
        await using var load = new Load(20, cluster.Shared);
        await Poll.UntilAsync(() => load.Count >= 40, TimeSpan.FromSeconds(10), "load");

        await first.StopAsync(crash: true);
        await Poll.UntilAsync(
            async () => (await cluster.RunAsync("status")).Output.Contains("degraded: membership database away", StringComparison.Ordinal), BackLimit, "away", () => cluster.Output);
        await standby.PromoteAsync();
        var back = await Poll.UntilAsync(async () => (await cluster.RunAsync("status")).ExitCode == 0, BackLimit, "not degraded any more", () => cluster.Output);
        TestContext.Current.TestOutputHelper?.WriteLine($"back {back.TotalSeconds:F1} s after the promotion");

        var pid = await cluster.PidAsync("silo-b");
        Command.Signal(pid, Command.SigKill);
        await Poll.UntilAsync(async () => (await cluster.SiloAsync("silo-b")).State == "ready" && await cluster.PidAsync("silo-b") != pid, BackLimit, "silo-b back", () => cluster.Output);
        await FailoverTests.RequireServesAsync(cluster, "silo-b");
        Load.RequireNoneFailedNoneWrong(await load.StopAsync());
        await first.StartAsync();
    }

    /// <summary>The class's server first, then the other.</summary>
    private Task<Cluster> StartAsync(PostgreSqlServer other)
        => Cluster.StartAsync($"{{ provider: postgresql, connection: \"Host={first.Host},{other.Host};Username=postgres;Database=postgres\" }}");
}
