namespace Evergrain.ClusterTests;

/// <summary>Two PostgreSQL servers in one connection string: a primary and the standby that takes over from it.</summary>
public sealed class ReplicatedPostgreSqlTests
{
    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task PrimaryCrashes_StandbyPromoted_NoneFailedAndSilosJoinAgain()
    {
        await using var first = new PostgreSqlServer();
        Assert.SkipUnless(first.Available, "PostgreSQL is not installed");
        await first.InitializeAsync();
        await using var standby = await first.StartStandbyAsync();
        await using var cluster = await Cluster.StartAsync($"{{ provider: postgresql, connection: \"Host={first.Host},{standby.Host};Username=postgres;Database=postgres\" }}");
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
    }
}
