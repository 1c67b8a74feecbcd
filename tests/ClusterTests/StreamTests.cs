using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Evergrain.ClusterTests;

/// <summary>POST /v1/predict/stream, and the caller's own time.</summary>
[Collection(HealthyCluster.Name)]
public sealed class StreamTests(SharedCluster shared) : IDisposable
{
    private const string MediaType = RawStream.MediaType;

    private readonly HttpClient _http = new() { BaseAddress = shared.Cluster.Shared };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Stream_FileWithBadAndBlankLines_RowsInOrder()
    {
        var alone = new List<string>();
        foreach (var text in Load.Texts)
        {
            using var one = await _http.PostAsJsonAsync("/predict", new { text });
            alone.Add((await one.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("label").GetString()!);
        }

        var lines = new StringBuilder();
        var expected = new List<string>();
        for (var i = 0; i < 1500; i++)
        {
            var text = JsonSerializer.Serialize(Load.Texts[i % Load.Texts.Length]);
            (string line, string row) = (i % 100) switch
            {
                7 => ("{\"text\": 5}", "invalid"),
                8 => ("not json", "invalid"),
                9 => ("   ", ""),
                10 => (text, alone[i % Load.Texts.Length]),
                _ => ($"{{\"text\":{text},\"id\":{i}}}", alone[i % Load.Texts.Length]),
            };
            lines.Append(line).Append(i % 2 == 0 ? "\n" : "\r\n");
            if (row.Length > 0) expected.Add(row);
        }

        using var response = await _http.PostAsync("/v1/predict/stream", new StringContent(lines.ToString(), Encoding.UTF8, MediaType));
        Assert.Equal(MediaType, response.EnsureSuccessStatusCode().Content.Headers.ContentType!.MediaType);
        var body = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n", body, StringComparison.Ordinal);
        var rows = body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        Assert.Equal(
            expected,
            rows.Select(r => r.TryGetProperty("error", out var e) ? e.GetProperty("code").GetString()! : r.GetProperty("label").GetString()!));
        var good = rows.First(r => r.TryGetProperty("label", out _));
        Assert.Equal(1.0, good.GetProperty("probabilities").EnumerateObject().Sum(p => p.Value.GetDouble()), 3);
        Assert.Contains(good.GetProperty("served_by").GetString(), new[] { "silo-a", "silo-b" });
        Assert.False(string.IsNullOrEmpty(good.GetProperty("version").GetString()));
    }

    [Fact]
    public async Task Stream_SenderWithALineNowAndThen_AnsweredLineByLine()
    {
        await using var stream = await RawStream.OpenAsync(shared.Cluster.Shared);
        for (var i = 0; i < 3; i++)
        {
            await stream.SendAsync("\"很好\"\n", Cancel);
            Assert.Contains("\"label\":\"positive\"", await stream.ReadChunkAsync(), StringComparison.Ordinal);
        }

        await stream.SendEndAsync();
        Assert.Equal("", await stream.ReadChunkAsync());
    }

    [Fact]
    public async Task Stream_SenderFasterThanTheSilos_HasToWait()
    {
        const int Most = 24_000_000; // sockets and one buffer of the server
        await using var stream = await RawStream.OpenAsync(shared.Cluster.Shared);
        var lines = string.Concat(Enumerable.Repeat("\"房间干净，服务热情，下次还来。\"\n", 2000));
        var sent = 0;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (sent < 2 * Most) sent += await stream.SendAsync(lines, limit.Token);
        });
        Assert.InRange(sent, 1, Most);
    }

    [Theory]
    [InlineData("application/json", 415, "unsupported_media_type")]
    [InlineData("text/csv", 415, "unsupported_media_type")]
    public async Task Stream_AnotherMediaType_Refused(string type, int status, string code)
    {
        using var response = await _http.PostAsync("/v1/predict/stream", new StringContent("\"a\"\n", Encoding.UTF8, type));
        await RequireAsync(response, status, code);
    }

    [Fact]
    public async Task Stream_Empty_NoRows()
    {
        using var response = await _http.PostAsync("/v1/predict/stream", new StringContent("", Encoding.UTF8, MediaType));
        Assert.Equal("", await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/predict", "{\"text\":\"好\"}", "application/json")]
    [InlineData("/batch_predict", "{\"texts\":[\"好\"]}", "application/json")]
    [InlineData("/v1/predict", "{\"texts\":[\"好\"]}", "application/json")]
    [InlineData("/v1/predict/stream", "\"好\"", MediaType)]
    public async Task RequestTimeout_NoTime_Invalid(string path, string body, string type)
    {
        using var response = await PostAsync(path, body, type, "soon");
        await RequireAsync(response, 422, "invalid");
    }

    [Fact]
    public async Task RequestTimeout_TooShortForAnything_DeadlineExceeded()
    {
        using var response = await PostAsync("/predict", "{\"text\":\"好\"}", "application/json", "0.001ms");
        await RequireAsync(response, 504, "deadline_exceeded");
    }

    [Fact]
    public async Task RequestTimeout_LongEnough_Answered()
    {
        using var response = await PostAsync("/predict", "{\"text\":\"好\"}", "application/json", "30s");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<HttpResponseMessage> PostAsync(string path, string body, string type, string timeout)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        request.Headers.Add("X-Request-Timeout", timeout);
        return await _http.SendAsync(request);
    }

    private static async Task RequireAsync(HttpResponseMessage response, int status, string code)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }
}
