using System.Globalization;
using System.Net;
using System.Text.Json;
using Evergrain.Cli.Commands;
using Evergrain.Cli.Drill.Clusters;

namespace Evergrain.Cli.Drill;

/// <summary>Single questions to the gateways, beside the load.</summary>
internal sealed class GatewayProbe : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(6);

    private readonly DrillCluster _cluster;
    private readonly ScenarioClock _clock;
    private readonly HttpClient _http;

    public GatewayProbe(DrillCluster cluster, ScenarioClock clock)
    {
        (_cluster, _clock) = (cluster, clock);
        // A connection for each question: it must tell of the address, not of a process that held a connection.
        var handler = new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero };
        if (cluster.Connect is { } connect)
            handler.ConnectCallback = (context, cancellationToken) => connect(context, cancellationToken);
        _http = new HttpClient(handler) { Timeout = Timeout };
        _http.Authorize(cluster.ApiKey);
    }

    /// <summary>What a gateway says of the cluster.</summary>
    internal sealed record View(string State, string Reasons);

    /// <summary>An answer to a prediction.</summary>
    /// <param name="Status">0 where none came.</param>
    /// <param name="Body">As it came.</param>
    /// <param name="Took">From the question on.</param>
    /// <param name="MediaType">Of the body.</param>
    internal sealed record Answer(int Status, string Body, TimeSpan Took, string MediaType = "")
    {
        /// <summary>The code of a problem; empty where it is none.</summary>
        public string Code => Body.Length > 0 && Body[0] == '{' && JsonDocument.Parse(Body).RootElement.TryGetProperty("code", out var code) ? code.ToString() : "";
    }

    /// <returns>What GET /v1/cluster of that gateway says; null where it does not answer.</returns>
    public async Task<View?> ViewAsync(GatewayAddress gateway)
    {
        if (await GetAsync(new Uri(gateway.Address, "/v1/cluster?picks=0")) is not { } text)
            return null;
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        return new View(root.GetProperty("state").GetString()!, string.Join("; ", root.GetProperty("reasons").EnumerateArray().Select(r => r.GetString())));
    }

    /// <summary>Whether every gateway says of the cluster that it is in that state.</summary>
    public async Task<bool> AllSayAsync(string state) => (await Task.WhenAll(_cluster.Gateways.Select(ViewAsync))).All(view => view?.State == state);

    /// <summary>Whether a page is there just now: 200 within a second, over a connection of its own.</summary>
    public async Task<bool> AnswersAsync(Uri page)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), _clock.Time);
        return await GetAsync(page, limit.Token) is not null;
    }

    /// <returns>How far the wall clock of a silo is ahead of ours, by the date of an answer of its own server; null where there is none.</returns>
    public async Task<TimeSpan?> ClockAsync(Uri admin)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(admin, "/health/live"));
            return response.Headers.Date - _clock.Time.GetUtcNow();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public Task<Answer> PredictAsync(Uri gateway, string text) => PostAsync(new Uri(gateway, "/predict"), JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["text"] = text }));

    public Task<Answer> PredictAsync(Uri gateway, IReadOnlyList<string> texts)
        => PostAsync(new Uri(gateway, "/batch_predict"), JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, IReadOnlyList<string>> { ["texts"] = texts }));

    /// <summary>The sum of a counter over its labels and all gateways that answer.</summary>
    /// <param name="name">In Prometheus' form: "evergrain_client_hedges_total".</param>
    /// <param name="label">Only series with one of these in their labels; none: all.</param>
    public async Task<double> SumAsync(string name, params string[] label)
    {
        var texts = await Task.WhenAll(_cluster.Gateways.Select(g => GetAsync(new Uri(g.Address, "/metrics"))));
        return texts.OfType<string>().SelectMany(text => text.Split('\n')).Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Where(line => label.Length == 0 || label.Any(l => line.Contains(l, StringComparison.Ordinal)))
            .Sum(Value);
    }

    /// <summary>Copies of late calls that the gateways sent.</summary>
    public Task<double> HedgesAsync() => SumAsync("evergrain_client_hedges_total");

    public void Dispose() => _http.Dispose();

    /// <summary>name{labels} value [time].</summary>
    private static double Value(string line)
    {
        var values = line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var value = line.Contains('}', StringComparison.Ordinal) ? values[0] : values[1];
        return double.Parse(value, CultureInfo.InvariantCulture);
    }

    private async Task<string?> GetAsync(Uri url, CancellationToken cancellationToken = default)
    {
        try
        {
            using var response = await _http.GetAsync(url, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync(cancellationToken) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Posts bytes, whatever they are.</summary>
    public async Task<Answer> PostAsync(Uri url, byte[] body, string mediaType = "application/json")
    {
        var start = _clock.Now;
        try
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new(mediaType);
            using var response = await _http.PostAsync(url, content);
            return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), _clock.Now - start, response.Content.Headers.ContentType?.MediaType ?? "");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return new Answer(0, e.Message, _clock.Now - start);
        }
    }
}
