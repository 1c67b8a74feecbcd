using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Evergrain.ClusterTests;

/// <summary>One answer under load: when its request was due, how long from then, and what came, after how many attempts of the
/// gateway.</summary>
internal sealed record Sample(
    TimeSpan Due, TimeSpan Latency, string Text, string? Label, double Score, string ServedBy, int Attempts, string? Failure)
{
    /// <summary>Of the model that answered, as the answer's header says; null where it says none.</summary>
    public string? Version { get; init; }
}

/// <summary>
/// Open-loop load: requests leave on their schedule whether or not earlier ones were answered, and latency counts from the
/// schedule, so that a stall is not hidden.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    public static readonly string[] Texts =
    [
        "这个产品太棒了!", "质量很差，用了两天就坏了，客服也不理人。", "房间干净，服务热情，下次还来。", "送餐太慢了，饭都凉了，很失望。",
    ];

    private readonly HttpClient _http;
    private readonly Uri[] _addresses;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Sample> _samples = [];
    private readonly ConcurrentBag<Task> _open = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Task _loop;

    /// <param name="perSecond">Requests a second.</param>
    /// <param name="addresses">One: a plain caller. Two: 2 s an attempt, then the other.</param>
    public Load(int perSecond, params Uri[] addresses)
        : this(perSecond, null, addresses)
    {
    }

    /// <param name="perSecond">Requests a second.</param>
    /// <param name="key">Sent with each; null: none.</param>
    /// <param name="addresses">One: a plain caller. Two: 2 s an attempt, then the other.</param>
    public Load(int perSecond, string? key, params Uri[] addresses)
    {
        _addresses = addresses;
        _http = new HttpClient { Timeout = TimeSpan.FromSeconds(addresses.Length > 1 ? 2 : 6) };
        if (key is not null) _http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        _loop = RunAsync(TimeSpan.FromSeconds(1.0 / perSecond));
    }

    public TimeSpan Now => _clock.Elapsed;

    public int Count => _samples.Count;

    /// <summary>Stops sending and waits for the answers.</summary>
    public async Task<List<Sample>> StopAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await Task.WhenAll(_open);
        return [.. _samples.OrderBy(s => s.Due)];
    }

    /// <summary>Fails where a request failed or a text got another label than the first answer of the run.</summary>
    public static void RequireNoneFailedNoneWrong(List<Sample> samples)
    {
        var failed = samples.Where(s => s.Failure is not null).ToList();
        Assert.True(failed.Count == 0, $"{failed.Count} of {samples.Count} failed: {string.Join("; ", failed.Take(5))}");
        var wrong = samples.GroupBy(s => s.Text).Where(g => g.Select(s => s.Label).Distinct().Count() > 1).ToList();
        Assert.True(wrong.Count == 0, $"labels changed: {string.Join("; ", wrong.Select(g => g.Key))}");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(TimeSpan interval)
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            var due = interval * i;
            var wait = due - _clock.Elapsed;
            if (wait > TimeSpan.Zero) await Task.Delay(wait, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested) break;
            _open.Add(SendAsync(due, Texts[i % Texts.Length], i));
        }
    }

    private async Task SendAsync(TimeSpan due, string text, int index)
    {
        string? failure = null;
        for (var attempt = 0; attempt < _addresses.Length; attempt++)
        {
            try
            {
                using var response = await _http.PostAsJsonAsync(new Uri(_addresses[(index + attempt) % _addresses.Length], "/predict"), new { text });
                var body = await response.Content.ReadFromJsonAsync<JsonElement>();
                if (response.IsSuccessStatusCode)
                {
                    _samples.Add(new Sample(due, _clock.Elapsed - due, text, body.GetProperty("label").GetString(),
                        body.GetProperty("score").GetDouble(), response.Headers.GetValues("X-Served-By").Single(),
                        int.Parse(response.Headers.GetValues("X-Attempts").Single(), CultureInfo.InvariantCulture), null)
                    {
                        Version = response.Headers.TryGetValues("X-Model-Version", out var version) ? version.Single() : null,
                    });
                    return;
                }

                failure = $"{(int)response.StatusCode} {body}";
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException)
            {
                failure = e.Message;
            }
        }

        _samples.Add(new Sample(due, _clock.Elapsed - due, text, null, 0, "", 0, failure));
    }
}
