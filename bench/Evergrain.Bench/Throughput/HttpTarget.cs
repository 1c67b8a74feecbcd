using System.Net.Http.Headers;
using System.Text.Json;

namespace Evergrain.Bench.Throughput;

/// <summary>The gateway over HTTP/1.1: the way of everybody else.</summary>
internal sealed class HttpTarget : ITarget
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly ServingPair _pair;
    private readonly HttpClient _http;

    public HttpTarget(ServingPair pair)
    {
        _pair = pair;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null }) { BaseAddress = pair.Gateway };
        _http.DefaultRequestHeaders.Add("X-Request-Timeout", "30s");
    }

    public string Name => "(d) gateway, HTTP";

    public Task<Measured> RunAsync(Workload work, CancellationToken cancellationToken)
        => ClosedLoop.RunAsync(work, AskAsync, () => _pair.Processor, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AskAsync(ArraySegment<string> texts, CancellationToken cancellationToken)
    {
        var (path, body) = texts.Count == 1
            ? ("/predict", JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["text"] = texts[0] }))
            : ("/batch_predict", JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, ArraySegment<string>> { ["texts"] = texts }));
        using var content = new ByteArrayContent(body) { Headers = { ContentType = Json } };
        using var response = await _http.PostAsync(path, content, cancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (!response.IsSuccessStatusCode || answer.AsSpan().IndexOf("\"error\""u8) >= 0)
            throw new InvalidOperationException($"{path} answered {(int)response.StatusCode} {System.Text.Encoding.UTF8.GetString(answer)}");
    }
}
