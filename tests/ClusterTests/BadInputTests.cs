using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Evergrain.ClusterTests;

/// <summary>Whatever is sent, the answer is a 4xx that says what to change, or a right answer; never a 5xx, never a stack trace.</summary>
[Collection(HealthyCluster.Name)]
public sealed class BadInputTests(SharedCluster shared) : IDisposable
{
    private static readonly string[] Endpoints = ["/predict", "/batch_predict", "/v1/predict"];

    private readonly HttpClient _http = new() { BaseAddress = shared.Cluster.Shared };

    public void Dispose() => _http.Dispose();

    public static TheoryData<string, string, int, string> Whole
    {
        get
        {
            var data = new TheoryData<string, string, int, string>();
            foreach (var path in Endpoints)
            {
                data.Add(path, "", 400, "malformed");
                data.Add(path, "{\"text\":\"a\"", 400, "malformed");
                data.Add(path, string.Concat(Enumerable.Repeat("[", 5000)), 400, "malformed");
                data.Add(path, "{\"a\":" + string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 201), 400, "malformed");
                data.Add(path, "null", 422, "invalid");
                data.Add(path, "\"text\"", 422, "invalid");
                data.Add(path, "{}", 422, "invalid");
            }

            foreach (var value in new[] { "\"\"", "\" \\t\\u3000\"", "null", "5", "[\"a\"]", "{}", "true", "\"\\ud800\"" })
            {
                data.Add("/predict", $"{{\"text\":{value}}}", 422, "invalid");
            }

            foreach (var path in Endpoints[1..])
            {
                foreach (var value in new[] { "[]", "\"a\"", "5", "null", "{}" }) data.Add(path, $"{{\"texts\":{value}}}", 422, "invalid");
                data.Add(path, "{\"texts\":[" + string.Join(',', Enumerable.Repeat("\"a\"", 1025)) + "]}", 413, "too_large");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Whole))]
    public async Task Post_Bad_ProblemWithCode(string path, string body, int status, string code)
        => await RequireProblemAsync(await _http.PostAsync(path, Json(Encoding.UTF8.GetBytes(body))), status, code);

    [Theory]
    [InlineData("/predict", 2_000_000)]
    [InlineData("/batch_predict", 2_000_000)]
    [InlineData("/v1/predict", 2_000_000)]
    [InlineData("/predict", 20_000_000)]
    public async Task Post_Megabytes_TooLarge(string path, int bytes)
        => await RequireProblemAsync(await _http.PostAsync(path, Json(Encoding.UTF8.GetBytes($"{{\"text\":\"{new string('a', bytes)}\"}}"))), 413, "too_large");

    [Theory]
    [InlineData("/predict")]
    [InlineData("/batch_predict")]
    [InlineData("/v1/predict")]
    public async Task Post_NotJson_UnsupportedMediaType(string path)
        => await RequireProblemAsync(await _http.PostAsync(path, new StringContent("text=a", null, "application/x-www-form-urlencoded")), 415, "unsupported_media_type");

    [Fact]
    public async Task Predict_InvalidUtf8_Invalid()
        => await RequireProblemAsync(await _http.PostAsync("/predict", Json([.. "{\"text\":\""u8, 0xc3, 0x28, .. "\"}"u8])), 422, "invalid");

    [Fact]
    public async Task BatchPredict_LoneSurrogateAndInvalidUtf8_ErrorsOnTheirRows()
    {
        using var response = await _http.PostAsync("/batch_predict", Json([.. "{\"texts\":[\"\\ud800\",\""u8, 0xff, .. "\",\"好\"]}"u8]));
        var rows = (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results");
        Assert.Equal("invalid", rows[0].GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("invalid", rows[1].GetProperty("error").GetProperty("code").GetString());
        Assert.True(rows[2].TryGetProperty("label", out _));
    }

    [Theory]
    [InlineData("GET", "/predict", 405, "method_not_allowed")]
    [InlineData("DELETE", "/batch_predict", 405, "method_not_allowed")]
    [InlineData("POST", "/health", 405, "method_not_allowed")]
    [InlineData("GET", "/nothing", 404, "not_found")]
    [InlineData("POST", "/predict/", 200, "")]
    public async Task Request_WrongPathOrMethod_Problem(string method, string path, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST") request.Content = Json("{\"text\":\"好\"}"u8.ToArray());
        using var response = await _http.SendAsync(request);
        if (status == 200) Assert.True(response.IsSuccessStatusCode);
        else await RequireProblemAsync(response, status, code);
    }

    [Theory]
    [InlineData("好", 100_000)]
    [InlineData("a", 100_000)]
    [InlineData("🙂", 50_000)]
    [InlineData("e\u0301", 50_000)]
    [InlineData("\u0001", 100_000)]
    public async Task Predict_HundredThousandCharacters_AnsweredInBoundedTime(string unit, int count)
    {
        var watch = Stopwatch.StartNew();
        using var response = await _http.PostAsJsonAsync("/predict", new { text = string.Concat(Enumerable.Repeat(unit, count)) });
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("😀👍🏽 太好了")]
    [InlineData("[CLS] 好 [SEP] [MASK]")]
    [InlineData("\u200b\u200d")]
    [InlineData("𠮷野家很好吃")]
    [InlineData("a\u0000b")]
    public async Task Predict_StrangeText_Answered(string text)
    {
        using var response = await _http.PostAsJsonAsync("/predict", new { text });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static async Task RequireProblemAsync(HttpResponseMessage response, int status, string code)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} {text}");
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            var problem = JsonSerializer.Deserialize<JsonElement>(text);
            Assert.Equal(code, problem.GetProperty("code").GetString());
            Assert.Equal(status, problem.GetProperty("status").GetInt32());
            Assert.NotEqual("", problem.GetProperty("detail").GetString());
            Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
            Assert.True(response.Headers.Contains("X-Served-By") && response.Headers.Contains("X-Attempts") && response.Headers.Contains("Server-Timing"));
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }
}
