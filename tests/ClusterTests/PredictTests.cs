using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Evergrain.ClusterTests;

[Collection(HealthyCluster.Name)]
public sealed class PredictTests(SharedCluster shared) : IDisposable
{
    private readonly Cluster _cluster = shared.Cluster;
    private readonly HttpClient _http = new() { BaseAddress = shared.Cluster.Shared };

    public void Dispose() => _http.Dispose();

    [Fact]
    public void Start_Built_ReadyUnderTwentySeconds() => Assert.InRange(_cluster.StartTook, TimeSpan.Zero, TimeSpan.FromSeconds(20));

    [Theory]
    [InlineData("这个产品太棒了!", "positive")]
    [InlineData("质量很差，用了两天就坏了，客服也不理人。", "negative")]
    public async Task Predict_PraiseAndComplaint_RightLabelAndHeaders(string text, string label)
    {
        using var response = await _http.PostAsJsonAsync("/predict", new { text });
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(label, body.GetProperty("label").GetString());
        Assert.InRange(body.GetProperty("score").GetDouble(), 0.5, 1.0);
        Assert.Contains(response.Headers.GetValues("X-Served-By").Single(), new[] { "silo-a", "silo-b" });
        Assert.NotEmpty(response.Headers.GetValues("X-Model-Version").Single());
        Assert.Equal("1", response.Headers.GetValues("X-Attempts").Single());
        Assert.Contains("inference;dur=", response.Headers.GetValues("Server-Timing").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_TwoHundredInARow_BothSilosServe()
    {
        var served = new List<string>();
        for (var i = 0; i < 200; i++)
        {
            using var response = await _http.PostAsJsonAsync("/predict", new { text = "不错" });
            served.Add(response.EnsureSuccessStatusCode().Headers.GetValues("X-Served-By").Single());
        }

        Assert.All(new[] { "silo-a", "silo-b" }, s => Assert.InRange(served.Count(x => x == s), 1, 199));
    }

    [Fact]
    public async Task BatchPredict_BadItemsAmongGood_ErrorsOnTheirRowsInOrder()
    {
        using var response = await _http.PostAsJsonAsync("/batch_predict", new { texts = new object?[] { "太棒了", "", null, 5, "太差了，垃圾" } });
        var rows = (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(["positive", "error", "error", "error", "negative"],
            rows.Select(r => r.TryGetProperty("error", out var e) ? "error" : r.GetProperty("label").GetString()));
        Assert.Equal("invalid", rows[1].GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task BatchPredict_ThousandTexts_EachAsAlone()
    {
        var texts = Enumerable.Range(0, 1024).Select(i => Load.Texts[i % Load.Texts.Length]).ToArray();
        using var response = await _http.PostAsJsonAsync("/batch_predict", new { texts });
        var rows = (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(1024, rows.Count);
        Assert.All(rows.Select((r, i) => (r, i)), x => Assert.Equal(
            rows[x.i % Load.Texts.Length].GetProperty("label").GetString(), x.r.GetProperty("label").GetString()));
    }

    [Fact]
    public async Task V1Predict_OneText_ProbabilitiesModelSiloAndTimings()
    {
        using var response = await _http.PostAsJsonAsync("/v1/predict", new { texts = new[] { "太棒了", new string('好', 3000) } });
        var body = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        var rows = body.GetProperty("results");
        Assert.Equal(1.0, rows[0].GetProperty("probabilities").EnumerateObject().Sum(p => p.Value.GetDouble()), 3);
        Assert.Equal(5, rows[0].GetProperty("tokens").GetInt32());
        Assert.False(rows[0].GetProperty("truncated").GetBoolean());
        Assert.True(rows[1].GetProperty("truncated").GetBoolean());
        Assert.Equal("sentiment", body.GetProperty("model").GetString());
        Assert.NotEmpty(body.GetProperty("served_by").EnumerateArray());
        Assert.True(body.GetProperty("timings").GetProperty("total_ms").GetDouble() > 0);
    }

    [Fact]
    public async Task AnyCall_WithASource_CountedBySourceAndLabelAndNeverItsText()
    {
        using var http = new HttpClient { BaseAddress = _cluster.GatewayA };
        (await http.PostAsJsonAsync("/predict", new { text = "太棒了", source = "test-1" })).EnsureSuccessStatusCode();
        (await http.PostAsJsonAsync("/batch_predict", new { texts = new[] { "太棒了", "", "太差了，垃圾" }, source = "test-1" })).EnsureSuccessStatusCode();
        (await http.PostAsJsonAsync("/v1/predict", new { texts = new[] { "太差了，垃圾" }, source = "test-1" })).EnsureSuccessStatusCode();
        using var lines = new HttpRequestMessage(HttpMethod.Post, "/v1/predict/stream")
        {
            Content = new StringContent("{\"text\":\"太棒了\",\"source\":\"not-this-one\"}\n\"太差了，垃圾\"\n", null, "application/x-ndjson"),
            Headers = { { "X-Source", "test-2" } },
        };
        Assert.Equal(2, (await (await http.SendAsync(lines)).EnsureSuccessStatusCode().Content.ReadAsStringAsync()).Trim().Split('\n').Length);
        using var bad = await http.PostAsJsonAsync("/predict", new { text = "太棒了", source = "来源" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
        Assert.Contains("'source' must be 1 to 64 ASCII letters", (await bad.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);

        // A scrape within 300 ms of another gets the same answer: the exporter keeps it for so long.
        var metrics = "";
        for (var look = 0; look < 20 && Counted("test-2", "negative") == 0; look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
            metrics = await http.GetStringAsync("/metrics");
        }

        Assert.Equal((2, 2, 1, 1), (Counted("test-1", "positive"), Counted("test-1", "negative"), Counted("test-2", "positive"), Counted("test-2", "negative")));
        Assert.DoesNotContain("not-this-one", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("太", metrics, StringComparison.Ordinal);

        int Counted(string source, string label) => metrics.Split('\n')
            .Where(line => line.StartsWith("evergrain_gateway_sources_total{", StringComparison.Ordinal) && line.Contains($"source=\"{source}\"", StringComparison.Ordinal) && line.Contains($"label=\"{label}\"", StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Split("} ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task OpenApi_Predict_DescribesTheSource()
    {
        var api = await _http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        foreach (var path in new[] { "/predict", "/batch_predict", "/v1/predict", "/v1/predict/stream" })
        {
            var post = api.GetProperty("paths").GetProperty(path).GetProperty("post");
            var header = post.GetProperty("parameters").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "X-Source");
            Assert.Equal(("header", "^[A-Za-z0-9._-]{1,64}$"), (header.GetProperty("in").GetString(), header.GetProperty("schema").GetProperty("pattern").GetString()));
        }

        var bodies = api.GetProperty("components").GetProperty("schemas");
        Assert.All(new[] { "PredictBody", "BatchBody", "RichBody" }, name
            => Assert.Equal("^[A-Za-z0-9._-]{1,64}$", bodies.GetProperty(name).GetProperty("properties").GetProperty("source").GetProperty("pattern").GetString()));
        Assert.False(bodies.GetProperty("LineBody").GetProperty("properties").TryGetProperty("source", out _));
    }

    [Theory]
    [InlineData("/health", "healthy")]
    [InlineData("/api-health", "healthy")]
    [InlineData("/health/live", "live")]
    [InlineData("/health/ready", "ready")]
    public async Task Health_Healthy_SaysSo(string path, string status)
        => Assert.Equal(status, (await _http.GetFromJsonAsync<JsonElement>(path)).GetProperty("status").GetString());

    [Theory]
    [InlineData("/openapi/v1.json", "/batch_predict")]
    [InlineData("/docs/index.html", "swagger-ui")]
    [InlineData("/metrics", "evergrain_gateway_texts")]
    public async Task Page_Get_HasWhatItShould(string path, string expected)
    {
        using var warm = await _http.PostAsJsonAsync("/predict", new { text = "好" });
        // The shared address leads to either gateway: ask the one that surely has counted something.
        using var own = await _http.PostAsJsonAsync(new Uri(_cluster.GatewayA, "/predict"), new { text = "好" });
        Assert.Contains(expected, await _http.GetStringAsync(new Uri(_cluster.GatewayA, path)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/metrics", "evergrain_silo")]
    [InlineData("/status", "silo-a")]
    [InlineData("/health/ready", "ready")]
    [InlineData("/dashboard/", "html")]
    public async Task SiloAdmin_Get_HasWhatItShould(string path, string expected)
        => Assert.Contains(expected, await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_cluster.Ports[2]}{path}")), StringComparison.Ordinal);

    [Fact]
    public async Task Cors_PreflightFromElsewhere_NotAllowed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/predict");
        request.Headers.Add("Origin", "http://elsewhere.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using var response = await _http.SendAsync(request);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Logs_AfterPredictions_HoldNoText()
    {
        const string Text = "这段文字绝不能出现在日志里";
        using var good = await _http.PostAsJsonAsync("/predict", new { text = Text });
        using var bad = await _http.PostAsync("/predict", new StringContent($"{{\"text\":\"{Text}", null, "application/json"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (good.StatusCode, bad.StatusCode));
        Assert.DoesNotContain(Text, _cluster.Log("silo-a") + _cluster.Log("silo-b") + _cluster.Log("gateway-a") + _cluster.Log("gateway-b"), StringComparison.Ordinal);
    }
}
