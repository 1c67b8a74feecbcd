using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace Evergrain.BrowserTests;

/// <summary>Servers die under a person's hands: the page goes on.</summary>
public sealed partial class FaultTests(FaultTests.Pages pages, Browser browser) : IClassFixture<FaultTests.Pages>, IClassFixture<Browser>
{
    private const int Rows = 5_000;

    [Fact]
    public async Task Batch_SiloKilledGatewayKilledHostsStopped_EveryRowAnsweredInOrderWithoutAReload()
    {
        var cluster = pages.Cluster;
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
        await cluster.RunAsync("start", "webui-a", "webui-b");
        await cluster.UntilWholeAsync();
    }

    [Fact]
    public async Task AllGatewaysStopped_ThePageSaysSoAndRecoversByItself()
    {
        var cluster = pages.Cluster;
        await using var visit = await Visit.OpenAsync(browser, cluster.Page);
        await cluster.RunAsync("stop", "gateway-a", "gateway-b");
        await Expect(visit.Test("unreachable")).ToContainTextAsync("所有网关都连不上", new() { Timeout = 10_000 });
        await visit.Page.Locator("#text").FillAsync("很好，很满意");
        await Expect(visit.Test("problem")).ToContainTextAsync("正在自动重试", new() { Timeout = 10_000 });
        await cluster.RunAsync("start", "gateway-a", "gateway-b");
        await Expect(visit.Test("result").Locator(".verdict.large")).ToHaveTextAsync("正面", new() { Timeout = 20_000 });
        await Expect(visit.Test("unreachable")).ToHaveCountAsync(0, new() { Timeout = 10_000 });
        Assert.Equal(1, visit.Loads);
        await cluster.UntilWholeAsync();
    }

    [Fact]
    public async Task WebUis_OneKilledThenAllStopped_SharedAddressAnswersAndTheApiIsUntouched()
    {
        var cluster = pages.Cluster;
        var before = await OthersAsync(cluster);
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = TimeSpan.FromSeconds(2) };
        var killed = await cluster.PidAsync("webui-a");
        Command.Signal(killed, Command.SigKill);
        // What it had accepted goes with it; what comes once it is gone goes to the other.
        await Poll.UntilAsync(() => Task.FromResult(!Command.IsAlive(killed)), TimeSpan.FromSeconds(2), "webui-a gone");
        for (var i = 0; i < 50; i++) Assert.Contains("Evergrain", await http.GetStringAsync(cluster.Page), StringComparison.Ordinal);
        await cluster.UntilWholeAsync();
        Assert.NotEqual(killed, await cluster.PidAsync("webui-a"));

        await cluster.RunAsync("stop", "webui-a", "webui-b");
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(cluster.Page));
        for (var i = 0; i < 20; i++)
        {
            using var response = await http.PostAsJsonAsync(new Uri(cluster.Shared, "/predict"), new { text = "很好" });
            response.EnsureSuccessStatusCode();
        }

        Assert.Equal(before, await OthersAsync(cluster));
        await cluster.RunAsync("start", "webui-a", "webui-b");
        await cluster.UntilWholeAsync();
        Assert.Contains("Evergrain", await http.GetStringAsync(cluster.Page), StringComparison.Ordinal);
    }

    /// <summary>The processes that serve the API, each with its id and how often it has ended by itself.</summary>
    private static async Task<(string Name, int Pid, int Restarts)[]> OthersAsync(Cluster cluster)
        => [.. (await cluster.ProcessesAsync()).Where(p => !p.Name.StartsWith("webui", StringComparison.Ordinal)).Select(p => (p.Name, p.Pid, p.Restarts)).Order()];

    /// <summary>Waits until so many rows are done; each fault must hit a batch that runs.</summary>
    private static async Task UntilDoneAsync(Visit visit, int rows) => await Poll.UntilAsync(
        async () => int.Parse(Done().Match(await visit.Test("counts").TextContentAsync() ?? "").Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) >= rows,
        TimeSpan.FromSeconds(60), $"{rows} rows done");

    private static Task RequireSameAsTheApiAsync(Uri gateway, string[][] rows) => ManyTextsTests.RequireSameAsTheApiAsync(gateway, [.. rows.Select(r => new[] { "", r[1], "", "", "", "", r[4] })]);

    [GeneratedRegex("已完成 ([0-9,]+)")]
    private static partial Regex Done();

    /// <summary>One cluster for all of them: each leaves it whole.</summary>
    public sealed class Pages : IAsyncLifetime
    {
        private Cluster? _cluster;

        internal Cluster Cluster
        {
            get
            {
                Assert.SkipWhen(_cluster is null, "no Chromium here: apt install chromium");
                return _cluster;
            }
        }

        public async ValueTask InitializeAsync()
        {
            if (Browser.Program is not null) _cluster = await Cluster.StartAsync(pages: true);
        }

        public async ValueTask DisposeAsync()
        {
            if (_cluster is not null) await _cluster.DisposeAsync();
        }
    }
}
