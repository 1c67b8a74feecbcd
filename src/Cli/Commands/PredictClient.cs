using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Evergrain.Cli.Commands;

/// <summary>A caller that knows several gateways: 2 s an attempt, then the next address, 5 s in all.</summary>
internal sealed class PredictClient : IDisposable
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan InAll = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<Uri> _gateways;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <param name="gateways">In this order.</param>
    /// <param name="key">Where callers need one.</param>
    /// <param name="time">The clock.</param>
    public PredictClient(IReadOnlyList<Uri> gateways, string? key, TimeProvider time)
    {
        (_gateways, _time) = (gateways, time);
        _http.Authorize(key);
    }

    internal sealed record Answer(string Label, double Score);

    /// <exception cref="UserException">The text is refused, or no gateway answers; says which said what.</exception>
    public async Task<Answer> PredictAsync(string text, CancellationToken cancellationToken)
    {
        if (_gateways.Count == 0)
            throw new UserException("the YAML file names no gateway");
        var start = _time.GetTimestamp();
        var failures = new List<string>();
        for (var i = 0; i < _gateways.Count && _time.GetElapsedTime(start) < InAll; i++)
        {
            var left = InAll - _time.GetElapsedTime(start);
            // The last one has all the time that is left.
            var limit = i == _gateways.Count - 1 || left < Attempt ? left : Attempt;
            try
            {
                using var attempt = new CancellationTokenSource(limit, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(attempt.Token, cancellationToken);
                using var response = await _http.PostAsJsonAsync(new Uri(_gateways[i], "/predict"), new { text }, either.Token);
                if (response.IsSuccessStatusCode && await response.Content.ReadFromJsonAsync<Answer>(either.Token) is { Label: not null } answer)
                    return answer;
                var body = await response.Content.ReadAsStringAsync(either.Token);
                if (IsFinal(response.StatusCode))
                    throw new UserException($"refused with {(int)response.StatusCode}: {body}");
                failures.Add($"{_gateways[i]} answers {(int)response.StatusCode} {body}".TrimEnd());
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
            {
                failures.Add($"{_gateways[i]}: {e.Message}");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add($"{_gateways[i]} does not answer within {limit.TotalSeconds:0.#} s");
            }
        }
        throw new UserException($"no gateway answers:\n  {string.Join("\n  ", failures)}");
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What is wrong with the request is wrong at every gateway; 429 is one gateway's or one silo's limit.</summary>
    private static bool IsFinal(HttpStatusCode status) => (int)status is >= 400 and < 500 && status != HttpStatusCode.TooManyRequests;
}
