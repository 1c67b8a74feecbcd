using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Evergrain.Cli.Commands;

namespace Evergrain.Cli.Drill.Load;

/// <summary>One caller with connections of its own (HTTP/1.1, kept alive).</summary>
internal sealed class Caller : IDisposable
{
    /// <summary>As load balancers and clients in front of several processes do it: by then the connection is opened anew, and may reach another.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromSeconds(15);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly CallerKind _kind;
    private readonly Uri[] _urls;
    private readonly ScenarioClock _clock;
    private readonly HttpClient _http;

    /// <param name="kind">How it behaves.</param>
    /// <param name="number">Among its kind: callers begin at different addresses.</param>
    /// <param name="connect">Opens its connections; null: this process's own sockets.</param>
    /// <param name="clock">The scenario's.</param>
    public Caller(CallerKind kind, int number, Connect? connect, ScenarioClock clock)
    {
        _kind = kind;
        _clock = clock;
        var count = kind.Addresses.Length;
        _urls = [.. Enumerable.Range(0, count).Select(i => new Uri(kind.Addresses[(number + i) % count], kind.Path))];
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = ConnectionLifetime,
            ActivityHeadersPropagator = null,
        };
        if (connect is not null)
            handler.ConnectCallback = (context, cancellationToken) => connect(context, cancellationToken);
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.Authorize(kind.ApiKey);
        if (kind.RequestTimeout is { } limit)
            _http.DefaultRequestHeaders.Add("X-Request-Timeout", string.Create(CultureInfo.InvariantCulture, $"{limit.TotalMilliseconds:0}ms"));
    }

    /// <summary>Asks for one text; never throws for what the service does.</summary>
    public async Task<Sample> AskAsync(TimeSpan due, int text, byte[] body)
    {
        var started = _clock.Now;
        var last = new Sample { Caller = _kind.Key, Due = due, Latency = TimeSpan.Zero, Text = text };
        for (var i = 0; i < _urls.Length; i++)
        {
            var left = _kind.InAll - (_clock.Now - started);
            if (left <= TimeSpan.Zero)
                break;
            // The last address has all the time that is left.
            var before = last.Failure;
            last = await AttemptAsync(last, _urls[i], i == _urls.Length - 1 || left < _kind.Attempt ? left : _kind.Attempt, body);
            if (before is not null && last.Failure is not null)
                last = last with { Failure = $"{before}, then {last.Failure}" };
            if (last.Answered || IsFinal(last.Status))
                break;
        }
        return last with { Latency = _clock.Now - due, Failure = _kind.HangUpAfter is null ? last.Failure : null };
    }

    public void Dispose() => _http.Dispose();

    private async Task<Sample> AttemptAsync(Sample sample, Uri url, TimeSpan limit, byte[] body)
    {
        using var timeout = new CancellationTokenSource(limit, _clock.Time);
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = Json } },
        };
        try
        {
            using var response = await _http.SendAsync(request, timeout.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(timeout.Token);
            sample = sample with { Status = (int)response.StatusCode, HasRetryAfter = response.Headers.RetryAfter is not null, ServedBy = Header(response, "X-Served-By") };
            if (response.StatusCode != HttpStatusCode.OK)
                return sample with { Failure = $"{url.Authority} answered {(int)response.StatusCode} {CodeOf(bytes)}".TrimEnd() };
            var (label, score) = Answer(bytes);
            _ = int.TryParse(Header(response, "X-Attempts"), CultureInfo.InvariantCulture, out var attempts);
            return sample with { Label = label, Score = score, Attempts = attempts, Failure = label is null ? $"{url.Authority} answered without a label" : null };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return sample with { Status = 0, Failure = $"{url.Authority}: {e.InnerException?.Message ?? e.Message}" };
        }
        catch (OperationCanceledException)
        {
            return sample with { Status = 0, Failure = $"{url.Authority} did not answer within {limit.TotalSeconds:0.0} s" };
        }
    }

    private static string Header(HttpResponseMessage response, string name)
        => response.Headers.TryGetValues(name, out var values) ? values.First() : "";

    /// <summary>What is wrong with the request is wrong at every gateway; 429 is one gateway's or one silo's limit.</summary>
    private static bool IsFinal(int status) => status is >= 400 and < 500 and not (int)HttpStatusCode.TooManyRequests;

    private static (string? Label, double Score) Answer(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        string? label = null;
        var score = 0.0;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            if (reader.ValueTextEquals("error"u8))
                return (null, 0); // of one row of several
            if (reader.ValueTextEquals("label"u8) && reader.Read())
                label = reader.GetString();
            else if (reader.ValueTextEquals("score"u8) && reader.Read())
                score = reader.GetDouble();
        }
        return (label, score);
    }

    private static string CodeOf(byte[] problem)
    {
        try
        {
            using var document = JsonDocument.Parse(problem);
            return document.RootElement.TryGetProperty("code", out var code) ? code.ToString() : "";
        }
        catch (JsonException)
        {
            // Not one of ours (a proxy's page): the status says enough.
            return "";
        }
    }
}
