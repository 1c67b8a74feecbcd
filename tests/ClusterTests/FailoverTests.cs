namespace Evergrain.ClusterTests;

/// <summary>Real processes killed under load.</summary>
[Collection(MendedCluster.Name)]
public sealed class FailoverTests(SharedCluster shared)
{
    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(15);

    [Fact]
    public Task KillSilo_UnderTwentyRequestsASecond_NoneFailedNoneWrongBackByItself() => KillSilosAsync(shared.Cluster, "silo-a", "silo-b");

    [Fact]
    public async Task KillGateway_SharedAddress_GoesOnAcceptingAndIsBackWithinFiveSeconds()
    {
        var cluster = shared.Cluster;
        await using var load = new Load(20, cluster.GatewayA, cluster.GatewayB);
        await Poll.UntilAsync(() => load.Count >= 20, TimeSpan.FromSeconds(10), "load");
        var pid = await cluster.PidAsync("gateway-a");
        Command.Signal(pid, Command.SigKill);
        // What the dying process has accepted is lost with it; from its end on the kernel gives it nothing.
        await Poll.UntilAsync(() => !Command.IsAlive(pid), TimeSpan.FromSeconds(2), "gateway-a dead");

        // A new connection each: the shared address must accept every one of them.
        for (var i = 0; i < 50; i++)
        {
            using var fresh = new HttpClient();
            using var response = await fresh.GetAsync(new Uri(cluster.Shared, "/health/live"));
            response.EnsureSuccessStatusCode();
        }

        using var http = new HttpClient();
        await Poll.UntilAsync(() => IsReadyAsync(http, cluster.GatewayA), TimeSpan.FromSeconds(5), "gateway-a ready again", () => cluster.Output);
        await cluster.UntilWholeAsync();
        Load.RequireNoneFailedNoneWrong(await load.StopAsync());
    }

    /// <summary>kill -9 of one silo after the other, each once both are ready, under one-URL load on the shared address.</summary>
    internal static async Task KillSilosAsync(Cluster cluster, params string[] silos)
    {
        await using var load = new Load(20, cluster.Shared);
        await Poll.UntilAsync(() => load.Count >= 40, TimeSpan.FromSeconds(10), "load");
        foreach (var silo in silos)
        {
            var pid = await cluster.PidAsync(silo);
            Command.Signal(pid, Command.SigKill);
            await Poll.UntilAsync(async () => (await cluster.SiloAsync(silo)).State == "ready" && await cluster.PidAsync(silo) != pid,
                BackLimit, $"{silo} back", () => cluster.Output);
            await RequireServesAsync(cluster, silo);
        }

        await cluster.UntilWholeAsync();
        Load.RequireNoneFailedNoneWrong(await load.StopAsync());
    }

    /// <summary>Waits until a silo's name is on an answer again.</summary>
    internal static async Task RequireServesAsync(Cluster cluster, string silo)
    {
        using var http = new HttpClient { BaseAddress = cluster.Shared };
        await Poll.UntilAsync(async () =>
        {
            using var response = await http.PostAsync("/predict", new StringContent("{\"text\":\"好\"}", null, "application/json"));
            return response.Headers.GetValues("X-Served-By").Single() == silo;
        }, BackLimit, $"{silo} serves", () => cluster.Output);
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri gateway)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(gateway, "/health/ready"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
