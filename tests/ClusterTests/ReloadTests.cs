using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;

namespace Evergrain.ClusterTests;

/// <summary>The YAML is edited and read again while the cluster answers.</summary>
public sealed class ReloadTests
{
    private const int SigHup = 1;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static readonly string Start = $"""
        limits: {Limits(100)}
        keys:
          - {Key("shop", "rate: 1, burst: 3")}
          - {Key("steady", "rate: 1, burst: 60")}
          - {Key("ops", "role: operator")}
        """;

    [Fact]
    public async Task Reload_KeyAddedRateAndLimitChanged_AtOnceAndUnderLoadAndABrokenFileChangesNothing()
    {
        await using var cluster = await Cluster.StartAsync(pages: true, more: Start);
        var before = await cluster.ProcessesAsync();
        await using var load = new Load(20, KeyOf("ops"), cluster.Shared);
        Assert.InRange(await AnsweredAsync(cluster, "shop", calls: 10), 3, 4);
        Assert.InRange(await AnsweredAsync(cluster, "steady", calls: 80), 60, 63);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(cluster, "late", texts: 1));

        // A key more, another rate, a smaller batch; and something that needs a restart.
        await EditAsync(cluster, yaml => yaml.Replace(Limits(100), Limits(8), StringComparison.Ordinal)
            .Replace("rate: 1, burst: 3", "rate: 1, burst: 6", StringComparison.Ordinal)
            .Replace("keys:\n", $"engine: {{ maxQueueWait: 9s, slots: 2 }}\nkeys:\n  - {Key("late", "")}\n", StringComparison.Ordinal));
        var reload = await cluster.RunAsync("reload");
        Assert.Equal((0, ""), (reload.ExitCode, reload.Error));
        Assert.Equal(before.Count, reload.Output.Split('\n').Count(line => line.Contains("reads the file again", StringComparison.Ordinal)));
        await LoggedAsync(cluster, "gateway-a", "limits.texts 100 -> 8; keys.shop caller, rate 1, burst 3 -> caller, rate 1, burst 6; keys.late added (caller)");
        await LoggedAsync(cluster, "gateway-b", "keys.late added");
        await LoggedAsync(cluster, "silo-a", "engine.maxQueueWait 10s -> 9s");
        await LoggedAsync(cluster, "silo-a", "\"Keys\":\"engine.slots\"");
        await LoggedAsync(cluster, "webui-a", "is read again: nothing changed");
        Assert.DoesNotContain("engine.slots", cluster.Log("gateway-a"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(cluster, "late", texts: 8));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await StatusAsync(cluster, "late", texts: 9));
        Assert.InRange(await AnsweredAsync(cluster, "shop", calls: 10), 6, 7);
        Assert.InRange(await AnsweredAsync(cluster, "steady", calls: 80), 0, 40); // its rate did not change: no new bucket, only some seconds' worth

        // Broken: the command refuses it, and so do the processes that are told by a signal to `up`.
        await EditAsync(cluster, yaml => yaml.Replace(Limits(8), Limits(5), StringComparison.Ordinal).Replace($"  - {Key("late", "")}\n", "  - { name: late, sha256: 12, rat: 5 }\n", StringComparison.Ordinal));
        reload = await cluster.RunAsync("reload", "gateway-a");
        Assert.Equal(2, reload.ExitCode);
        Assert.Contains("did you mean 'rate'?", reload.Error, StringComparison.Ordinal);
        Command.Signal(cluster.UpPid, SigHup);
        foreach (var name in new[] { "gateway-a", "gateway-b", "silo-a", "silo-b" })
        {
            await LoggedAsync(cluster, name, "The settings stay as they were");
            Assert.Matches("2 errors.*is no sha256.*did you mean", cluster.Log(name));
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(cluster, "late", texts: 8));
        using var http = Http(cluster.GatewayA, "ops");
        Assert.Matches("(?m)^evergrain_process_reloads_total\\{.*result=\"refused\".*\\} 1\\b", await http.GetStringAsync("/metrics"));

        // Mended, it counts again. The same processes all the way, and nobody noticed.
        await EditAsync(cluster, yaml => yaml.Replace("sha256: 12, rat: 5", Key("late", "rate: 5")[14..^2], StringComparison.Ordinal));
        Assert.Equal(0, (await cluster.RunAsync("reload", "gateway-a", "gateway-b")).ExitCode);
        await LoggedAsync(cluster, "gateway-a", "limits.texts 8 -> 5; keys.late caller -> caller, rate 5, burst 10");
        Load.RequireNoneFailedNoneWrong(await load.StopAsync());
        Assert.Equal(before.Select(p => (p.Name, p.Pid, 0)), (await cluster.ProcessesAsync()).Select(p => (p.Name, p.Pid, p.Restarts)));
        Assert.True(Command.IsAlive(cluster.UpPid));
        Assert.Contains("SIGHUP: 6 processes read", cluster.Output, StringComparison.Ordinal);
    }

    private static string Limits(int texts) => $"{{ texts: {texts} }}";

    private static string KeyOf(string name) => $"the key of {name}";

    private static string Key(string name, string more)
        => $"{{ name: {name}, sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(name))))}{(more.Length > 0 ? ", " : "")}{more} }}";

    private static async Task EditAsync(Cluster cluster, Func<string, string> edit)
    {
        var before = await File.ReadAllTextAsync(cluster.Config);
        var after = edit(before);
        Assert.NotEqual(before, after);
        await File.WriteAllTextAsync(cluster.Config, after);
    }

    private static Task<TimeSpan> LoggedAsync(Cluster cluster, string name, string words)
        => Poll.UntilAsync(() => cluster.Log(name).Contains(words, StringComparison.Ordinal), Soon, $"'{words}' in the log of {name}", () => cluster.Log(name));

    private static HttpClient Http(Uri gateway, string key) => new() { BaseAddress = gateway, DefaultRequestHeaders = { Authorization = new("Bearer", KeyOf(key)) } };

    private static async Task<HttpStatusCode> StatusAsync(Cluster cluster, string key, int texts)
    {
        using var http = Http(cluster.GatewayA, key);
        using var response = await http.PostAsJsonAsync("/batch_predict", new { texts = Enumerable.Repeat("很好", texts) });
        return response.StatusCode;
    }

    /// <summary>How many of so many calls at once are let through.</summary>
    private static async Task<int> AnsweredAsync(Cluster cluster, string key, int calls)
    {
        using var http = Http(cluster.GatewayA, key);
        var statuses = await Task.WhenAll(Enumerable.Range(0, calls).Select(async _ =>
        {
            using var response = await http.PostAsJsonAsync("/predict", new { text = "很好" });
            return response.StatusCode;
        }));
        Assert.All(statuses, s => Assert.True(s is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, s.ToString()));
        return statuses.Count(s => s == HttpStatusCode.OK);
    }
}
