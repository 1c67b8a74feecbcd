using System.Text;
using System.Text.RegularExpressions;

namespace Evergrain.ClusterTests;

/// <summary>What an operator does with a running cluster, under load: nobody may notice.</summary>
[Collection(MendedCluster.Name)]
public sealed class OperationsTests(SharedCluster shared)
{
    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task DrainAndUndrain_UnderLoad_NoneFailedAndNoneSentTwice()
    {
        var cluster = shared.Cluster;
        var crashes = await cluster.CrashesAsync();
        await using var load = new Load(20, cluster.Shared);
        await Poll.UntilAsync(() => load.Count >= 20, BackLimit, "load");

        var drained = await cluster.RunAsync("drain", "silo-a");
        Assert.Equal((0, ""), (drained.ExitCode, drained.Error));
        Assert.Equal(("draining", "drained by an operator"), await cluster.SiloAsync("silo-a"));
        var after = load.Now;
        var status = await cluster.RunAsync("status");
        Assert.Equal(1, status.ExitCode);
        Assert.Contains("degraded: silo-a is draining: drained by an operator", status.Output, StringComparison.Ordinal);
        await Poll.UntilAsync(() => load.Now - after > TimeSpan.FromSeconds(2), BackLimit, "load on silo-b alone");
        var until = load.Now;

        Assert.Equal(0, (await cluster.RunAsync("undrain", "silo-a")).ExitCode);
        status = await cluster.RunAsync("status");
        Assert.True(status.ExitCode == 0, status.Output);
        await FailoverTests.RequireServesAsync(cluster, "silo-a");

        var samples = await load.StopAsync();
        Load.RequireNoneFailedNoneWrong(samples);
        Assert.All(samples, s => Assert.Equal(1, s.Attempts));
        Assert.DoesNotContain(samples, s => s.Due > after && s.Due < until && s.ServedBy == "silo-a");
        Assert.All(await cluster.ProcessesAsync(), p => Assert.Equal("ready", p.State));
        Assert.Equal(crashes, await cluster.CrashesAsync());
    }

    [Fact]
    public async Task StopStartRestart_ByCommand_StaysDownAndComesBackAndIsNoCrash()
    {
        var cluster = shared.Cluster;
        var crashes = await cluster.CrashesAsync();
        await using var load = new Load(20, cluster.GatewayA, cluster.GatewayB);
        await Poll.UntilAsync(() => load.Count >= 20, BackLimit, "load");

        foreach (var name in new[] { "silo-b", "gateway-b" })
        {
            var pid = await cluster.PidAsync(name);
            var stopped = await cluster.RunAsync("stop", name);
            Assert.Equal((0, $"{name} is stopped (exit code 0)\n"), (stopped.ExitCode, stopped.Output));
            Assert.False(Command.IsAlive(pid));
            Assert.Contains($"degraded: {name} is stopped", (await cluster.RunAsync("status")).Output, StringComparison.Ordinal);

            Assert.Equal(0, (await cluster.RunAsync("start", name)).ExitCode);
            await ReadyAsync(cluster, name);
            var second = await cluster.PidAsync(name);

            Assert.Equal(0, (await cluster.RunAsync("restart", name)).ExitCode);
            await ReadyAsync(cluster, name);
            Assert.Equal(3, new HashSet<int> { pid, second, await cluster.PidAsync(name) }.Count);
        }

        Load.RequireNoneFailedNoneWrong(await load.StopAsync());
        Assert.Equal(crashes, await cluster.CrashesAsync());
        var logs = await cluster.RunAsync("logs", "silo-b", "-n", "100");
        Assert.Matches(@"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} INF ""silo-b"" drained in \d+ ms$", logs.Output);
    }

    [Fact]
    public async Task SecondUp_SameConfig_RefusedAndTheFirstGoesOn()
    {
        var cluster = shared.Cluster;
        var second = await Command.RunAsync(Repository.Cli, ["up", "--config", cluster.Config]);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"{cluster.UpPid}", second.Output + second.Error, StringComparison.Ordinal);
        Assert.All(await cluster.ProcessesAsync(), p => Assert.Equal("ready", p.State));
    }

    [Fact]
    public async Task Commands_NothingIsUp_SayHowToStartIt()
    {
        // The same file elsewhere: its state folder, and so its control socket, is another.
        var folder = Directory.CreateTempSubdirectory("evergrain-");
        var config = Path.Combine(folder.FullName, "evergrain.yaml");
        File.Copy(shared.Cluster.Config, config);
        foreach (var args in new[] { new[] { "start", "silo-a" }, ["restart", "--rolling"] })
        {
            var result = await Command.RunAsync(Repository.Cli, [.. args, "--config", config]);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("no `evergrain up` of", result.Error, StringComparison.Ordinal);
            Assert.Contains("./run", result.Error, StringComparison.Ordinal);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task RollingRestart_UnderTwoUrlLoad_NoneFailed()
    {
        var cluster = shared.Cluster;
        var before = (await cluster.ProcessesAsync()).ToDictionary(p => p.Name, p => p.Pid);
        await using var load = new Load(20, cluster.GatewayA, cluster.GatewayB);
        await Poll.UntilAsync(() => load.Count >= 20, BackLimit, "load");

        var rolled = await cluster.RunAsync("restart", "--rolling");

        Assert.True(rolled.ExitCode == 0, rolled.Output + rolled.Error);
        var touched = Regex.Matches(rolled.Output, @"(?m)^\d\d:\d\d  (\S+): restarting").Select(match => match.Groups[1].Value);
        Assert.Equal(["silo-a", "silo-b", "gateway-a", "gateway-b"], touched);
        Load.RequireNoneFailedNoneWrong(await load.StopAsync());
        var after = (await cluster.ProcessesAsync()).ToDictionary(p => p.Name, p => p.Pid);
        Assert.All(before, p => Assert.NotEqual(p.Value, after[p.Key]));
    }

    [Fact]
    public async Task Stop_GatewayWithAFile_WhatItReadIsAnsweredAndTheAnswerEnds()
    {
        var cluster = shared.Cluster;
        await using var stream = await RawStream.OpenAsync(cluster.GatewayB);
        var lines = string.Concat(Enumerable.Repeat("\"房间干净，服务热情，下次还来。\"\n", 100));
        const int Sent = 100_000;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Sent; i += 100) await stream.SendAsync(lines, TestContext.Current.CancellationToken);
        });
        var rows = new List<string> { await stream.ReadChunkAsync() };

        var stopping = cluster.RunAsync("stop", "gateway-b");
        while (await stream.ReadChunkAsync() is { Length: > 0 } chunk) rows.Add(chunk);

        var stopped = await stopping;
        Assert.Equal((0, "gateway-b is stopped (exit code 0)\n"), (stopped.ExitCode, stopped.Output));
        var answered = string.Concat(rows).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(answered.Length, 1, Sent - 1);
        Assert.All(answered, row => Assert.Contains("\"label\":\"positive\"", row, StringComparison.Ordinal));
        await Task.WhenAny(sending); // whether the sockets still took the rest says nothing
        Assert.Equal(0, (await cluster.RunAsync("start", "gateway-b")).ExitCode);
        await ReadyAsync(cluster, "gateway-b");
    }

    [Fact]
    public async Task StopBothSilos_UnderAFile_RowsWaitForThem()
    {
        const int Lines = 10_000; // seconds of work
        var cluster = shared.Cluster;
        using var http = new HttpClient { BaseAddress = cluster.GatewayA };
        var body = string.Concat(Enumerable.Range(0, Lines).Select(i => $"\"{Load.Texts[i % 2]}\"\n"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/predict/stream") { Content = new StringContent(body, Encoding.UTF8, RawStream.MediaType) };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), Encoding.UTF8);
        var rows = new List<string> { (await reader.ReadLineAsync(TestContext.Current.CancellationToken))! };

        await Task.WhenAll(cluster.RunAsync("stop", "silo-a"), cluster.RunAsync("stop", "silo-b"));
        var reading = Task.Run(async () =>
        {
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } row) rows.Add(row);
        });
        // Rows that are on their way are read within a moment; the others can only wait.
        Assert.NotSame(reading, await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken)));
        await Task.WhenAll(cluster.RunAsync("start", "silo-a"), cluster.RunAsync("start", "silo-b"));
        await reading;

        Assert.Equal(Lines, rows.Count);
        Assert.All(rows.Select((row, i) => (Row: row, Label: i % 2 == 0 ? "positive" : "negative")),
            r => Assert.StartsWith($"{{\"label\":\"{r.Label}\"", r.Row, StringComparison.Ordinal));
        foreach (var silo in new[] { "silo-a", "silo-b" }) await ReadyAsync(cluster, silo);
    }

    [Fact]
    public async Task Commands_ThatMakeNoSense_SayWhy()
    {
        var cluster = shared.Cluster;
        var crashes = await cluster.CrashesAsync();
        await RequireRefusedAsync(2, "there are: silo-a, silo-b, gateway-a, gateway-b", "stop", "silo-x");
        await RequireRefusedAsync(2, "there are: silo-a, silo-b, gateway-a, gateway-b", "logs", "silo-x");
        await RequireRefusedAsync(1, "use stop", "drain", "gateway-a");
        await RequireRefusedAsync(1, "no operator has drained it", "undrain", "silo-a");
        await RequireRefusedAsync(1, "--rolling", "restart");

        Assert.Equal(0, (await cluster.RunAsync("drain", "silo-b")).ExitCode);
        // Nobody would be left to answer.
        await RequireRefusedAsync(1, "silo-b is draining (drained by an operator)", "restart", "--rolling");
        Assert.Equal(0, (await cluster.RunAsync("undrain", "silo-b")).ExitCode);
        Assert.Equal(crashes, await cluster.CrashesAsync());

        async Task RequireRefusedAsync(int exitCode, string reason, params string[] args)
        {
            var result = await cluster.RunAsync(args);
            Assert.Contains(reason, result.Error, StringComparison.Ordinal);
            Assert.Equal(exitCode, result.ExitCode);
        }
    }

    private static Task<TimeSpan> ReadyAsync(Cluster cluster, string name) => Poll.UntilAsync(
        async () => (await cluster.ProcessesAsync()).Any(p => p.Name == name && p.State == "ready"), BackLimit, $"{name} ready", () => cluster.Output);
}
