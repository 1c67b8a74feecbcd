using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Evergrain.ClusterTests;

/// <summary>Debian's Prometheus scrapes a cluster with the configuration, the rules and the board of deploy/.</summary>
public sealed partial class PrometheusTests
{
    private static readonly string Deploy = Path.Combine(Repository.Root, "deploy");

    [Fact]
    public async Task Rules_PromtoolTests_Pass()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/promtool"), "no promtool here: apt install prometheus");
        var result = await Command.RunAsync("/usr/bin/promtool", ["test", "rules", "evergrain.rules.test.yml"], folder: Path.Combine(Deploy, "prometheus"));
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public async Task Scrape_SiloStopped_AllUpThenTheAlertOfThatSiloAndEveryPanelHasAnAnswer()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/prometheus"), "no Prometheus here: apt install prometheus");
        await using var cluster = await Cluster.StartAsync(pages: true);
        await using var prometheus = await StartAsync(cluster);
        using var http = new HttpClient { BaseAddress = prometheus.Address };
        await Poll.UntilAsync(async () => await IsUpAsync(http) && await ScalarAsync(http, "sum(up)") == 6, TimeSpan.FromSeconds(30), "six processes scraped", () => prometheus.Output);
        await using (var load = new Load(20, cluster.Shared))
        {
            for (var i = 0; i < 10; i++) await PredictFromAsync(cluster.Shared, source: i % 2 == 0 ? "shop-app" : "crm");
            await Poll.UntilAsync(() => load.Count >= 60, TimeSpan.FromSeconds(15), "load");
        }

        await cluster.RunAsync("stop", "silo-b");
        await Poll.UntilAsync(async () => (await FiringAsync(http)).Contains($"EvergrainSiloDown 127.0.0.1:{cluster.Ports[5]}"), TimeSpan.FromSeconds(30), "the alert", () => prometheus.Output);
        Assert.Equal([$"EvergrainSiloDown 127.0.0.1:{cluster.Ports[5]}"], await FiringAsync(http));

        // A metric that has another name by now would be an empty panel; some kinds of trouble have simply not happened here.
        string[] quiet = ["Attempts that were not answered"];
        var board = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(Deploy, "grafana", "evergrain.json")));
        foreach (var panel in board.GetProperty("panels").EnumerateArray().Where(p => !quiet.Contains(p.GetProperty("title").GetString())))
        {
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
                Assert.True((await QueryAsync(http, target.GetProperty("expr").GetString()!)).GetArrayLength() > 0, $"nothing for {panel.GetProperty("title")}: {target.GetProperty("expr")}");
        }
    }

    private static async Task PredictFromAsync(Uri gateway, string source)
    {
        using var http = new HttpClient { BaseAddress = gateway };
        using var response = await http.PostAsJsonAsync("/predict", new { text = "很差", source });
        response.EnsureSuccessStatusCode();
    }

    private static async Task<bool> IsUpAsync(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync(new Uri("/-/ready", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<double> ScalarAsync(HttpClient http, string query)
        => (await QueryAsync(http, query)) is { } rows && rows.GetArrayLength() == 1 ? double.Parse(rows[0].GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture) : 0;

    private static async Task<JsonElement> QueryAsync(HttpClient http, string query)
    {
        var answer = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
        Assert.Equal("success", answer.GetProperty("status").GetString());
        return answer.GetProperty("data").GetProperty("result");
    }

    private static async Task<string[]> FiringAsync(HttpClient http)
    {
        var answer = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync("/api/v1/alerts"));
        return [.. answer.GetProperty("data").GetProperty("alerts").EnumerateArray().Where(a => a.GetProperty("state").GetString() == "firing")
            .Select(a => a.GetProperty("labels")).Select(l => $"{l.GetProperty("alertname")} {(l.TryGetProperty("instance", out var instance) ? instance.ToString() : "")}").Order()];
    }

    /// <summary>The configuration as people get it, with this cluster's ports and a second's interval.</summary>
    private static async Task<RunningPrometheus> StartAsync(Cluster cluster)
    {
        var folder = Directory.CreateTempSubdirectory("evergrain-prometheus-").FullName;
        File.Copy(Path.Combine(Deploy, "prometheus", "evergrain.rules.yml"), Path.Combine(folder, "evergrain.rules.yml"));
        int[] ports = [9101, 9102, 8081, 8082, 7861, 7862];
        int[] own = [cluster.Ports[2], cluster.Ports[5], cluster.Ports[7], cluster.Ports[8], cluster.Ports[10], cluster.Ports[11]];
        var config = await File.ReadAllTextAsync(Path.Combine(Deploy, "prometheus", "prometheus.yml"));
        config = Target().Replace(config, m => Array.IndexOf(ports, int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)) is >= 0 and var i ? $"127.0.0.1:{own[i]}" : m.Value);
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), config.Replace("interval: 5s", "interval: 1s", StringComparison.Ordinal));
        return new RunningPrometheus(folder, FreePorts.Take(1)[0]);
    }

    [GeneratedRegex(@"127\.0\.0\.1:(\d+)")]
    private static partial Regex Target();

    private sealed class RunningPrometheus : IAsyncDisposable
    {
        private readonly string _folder;
        private readonly Process _process;
        private readonly System.Text.StringBuilder _output = new();

        public RunningPrometheus(string folder, int port)
        {
            (_folder, Address) = (folder, new Uri($"http://127.0.0.1:{port}"));
            _process = new Process
            {
                StartInfo = new ProcessStartInfo("/usr/bin/prometheus",
                    [$"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"])
                {
                    RedirectStandardError = true,
                },
            };
            _process.ErrorDataReceived += (_, e) => { lock (_output) _output.AppendLine(e.Data); };
            _process.Start();
            _process.BeginErrorReadLine();
        }

        public Uri Address { get; }

        public string Output
        {
            get
            {
                lock (_output) return _output.ToString();
            }
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
