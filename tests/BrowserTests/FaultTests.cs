using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace Evergrain.BrowserTests;

/// <summary>Servers die under a person's hands: the page goes on.</summary>
public sealed partial class FaultTests(Browser browser) : IClassFixture<Browser>
{
    private const int Rows = 5_000;

    [Fact]
    public async Task Batch_SiloKilledGatewayKilledHostsStopped_EveryRowAnsweredInOrderWithoutAReload()
    {
        await using var cluster = await StartAsync();
        await using var visit = await Visit.OpenAsync(browser, new Uri(cluster.Page, "/batch"));
        var texts = Texts.Of(Rows, parts: 11);
        await visit.UploadAsync("long.csv", Encoding.UTF8.GetBytes("编号,评论\n" + string.Concat(texts.Select((t, i) => $"{i},{t}\n"))));
        await visit.Test("start").ClickAsync();

        await UntilDoneAsync(visit, 300);
        Command.Signal(await cluster.PidAsync("silo-a"), Command.SigKill);
        await UntilDoneAsync(visit, 1_200);
        Command.Signal(await cluster.PidAsync("gateway-a"), Command.SigKill);
        await UntilDoneAsync(visit, 2_200);
        await cluster.RunAsync("stop", "webui-a", "webui-b");
        await UntilDoneAsync(visit, 3_000);
        Assert.Equal("正在分析", await visit.Test("progress-state").TextContentAsync());

        await visit.UntilDoneAsync();
        await Expect(visit.Test("counts")).ToContainTextAsync("已完成 5,000 / 5,000");
        var rows = Downloads.Csv(await visit.DownloadAsync("save-csv"));
        Assert.Equal(texts, rows.Skip(1).Select(r => r[1]));
        Assert.All(rows.Skip(1), r => Assert.NotEqual("", r[2]));
        Assert.Equal(1, visit.Loads);
        var said = await visit.Test("notices").TextContentAsync();
        Assert.Contains("silo-a 失联", said, StringComparison.Ordinal);
        Assert.Contains("网关 gateway-a 不可用", said, StringComparison.Ordinal);
        Assert.Contains("网页服务停止，本页不受影响", said, StringComparison.Ordinal);
        await RequireSameAsTheApiAsync(cluster.GatewayB, [.. rows.Skip(1)]);
        visit.RequireNoErrors();
    }

    [Fact]
    public async Task AllGatewaysStopped_ThePageSaysSoAndRecoversByItself()
    {
        await using var cluster = await StartAsync();
        await using var visit = await Visit.OpenAsync(browser, cluster.Page);
        await cluster.RunAsync("stop", "gateway-a", "gateway-b");
        await Expect(visit.Test("unreachable")).ToContainTextAsync("所有网关都连不上", new() { Timeout = 10_000 });
        await visit.Page.Locator("#text").FillAsync("很好，很满意");
        await Expect(visit.Test("problem")).ToContainTextAsync("正在自动重试", new() { Timeout = 10_000 });
        await cluster.RunAsync("start", "gateway-a", "gateway-b");
        await Expect(visit.Test("result").Locator(".verdict.large")).ToHaveTextAsync("正面", new() { Timeout = 20_000 });
        await Expect(visit.Test("unreachable")).ToHaveCountAsync(0, new() { Timeout = 10_000 });
        Assert.Equal(1, visit.Loads);
    }

    [Fact]
    public async Task WebUis_OneKilledThenAllStopped_SharedAddressAnswersAndTheApiIsUntouched()
    {
        await using var cluster = await StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = TimeSpan.FromSeconds(2) };
        var killed = await cluster.PidAsync("webui-a");
        Command.Signal(killed, Command.SigKill);
        // What it had accepted goes with it; what comes once it is gone goes to the other.
        await Poll.UntilAsync(() => Task.FromResult(!Command.IsAlive(killed)), TimeSpan.FromSeconds(2), "webui-a gone");
        for (var i = 0; i < 50; i++) Assert.Contains("Evergrain", await http.GetStringAsync(cluster.Page), StringComparison.Ordinal);
        await Poll.UntilAsync(async () => (await cluster.ProcessesAsync()).Any(p => p is { Name: "webui-a", State: "ready", Restarts: 1 }), TimeSpan.FromSeconds(15), "webui-a back");

        await cluster.RunAsync("stop", "webui-a", "webui-b");
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(cluster.Page));
        for (var i = 0; i < 20; i++)
        {
            using var response = await http.PostAsJsonAsync(new Uri(cluster.Shared, "/predict"), new { text = "很好" });
            response.EnsureSuccessStatusCode();
        }

        Assert.Equal(["gateway-a 0", "gateway-b 0", "silo-a 0", "silo-b 0"], (await cluster.ProcessesAsync()).Select(p => $"{p.Name} {p.Restarts}").Order());
        await cluster.RunAsync("start", "webui-b");
        await Poll.UntilAsync(async () => (await cluster.ProcessesAsync()).Any(p => p is { Name: "webui-b", State: "ready" }), TimeSpan.FromSeconds(15), "webui-b back");
        Assert.Contains("Evergrain", await http.GetStringAsync(cluster.Page), StringComparison.Ordinal);
    }

    private static async Task<Cluster> StartAsync()
    {
        Assert.SkipWhen(Browser.Program is null, "no Chromium here: apt install chromium");
        return await Cluster.StartAsync(pages: true);
    }

    /// <summary>Waits until so many rows are done; each fault must hit a batch that runs.</summary>
    private static async Task UntilDoneAsync(Visit visit, int rows) => await Poll.UntilAsync(
        async () => int.Parse(Done().Match(await visit.Test("counts").TextContentAsync() ?? "").Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) >= rows,
        TimeSpan.FromSeconds(60), $"{rows} rows done");

    private static Task RequireSameAsTheApiAsync(Uri gateway, string[][] rows) => ManyTextsTests.RequireSameAsTheApiAsync(gateway, [.. rows.Select(r => new[] { "", r[1], "", "", "", "", r[4] })]);

    [GeneratedRegex("已完成 ([0-9,]+)")]
    private static partial Regex Done();
}
