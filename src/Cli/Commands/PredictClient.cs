using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Evergrain.Cli.Commands;

/// <summary>A caller that knows several gateways: 2 s an attempt, then the next address, 5 s in all.</summary>
internal sealed class PredictClient(IReadOnlyList<Uri> gateways, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan InAll = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    internal sealed record Answer(string Label, double Score);

    /// <exception cref="UserException">The text is refused, or no gateway answers; says which said what.</exception>
    public async Task<Answer> PredictAsync(string text, CancellationToken cancellationToken)
    {
        if (gateways.Count == 0)
            throw new UserException("the YAML file names no gateway");
        var start = time.GetTimestamp();
        var failures = new List<string>();
        for (var i = 0; i < gateways.Count && time.GetElapsedTime(start) < InAll; i++)
        {
            var left = InAll - time.GetElapsedTime(start);
            // The last one has all the time that is left.
            var limit = i == gateways.Count - 1 || left < Attempt ? left : Attempt;
            try
            {
                using var attempt = new CancellationTokenSource(limit, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(attempt.Token, cancellationToken);
                using var response = await _http.PostAsJsonAsync(new Uri(gateways[i], "/predict"), new { text }, either.Token);
                if (response.IsSuccessStatusCode && await response.Content.ReadFromJsonAsync<Answer>(either.Token) is { Label: not null } answer)
                    return answer;
                var body = await response.Content.ReadAsStringAsync(either.Token);
                if (IsFinal(response.StatusCode))
                    throw new UserException($"refused with {(int)response.StatusCode}: {body}");
                failures.Add($"{gateways[i]} answers {(int)response.StatusCode} {body}".TrimEnd());
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
            {
                failures.Add($"{gateways[i]}: {e.Message}");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add($"{gateways[i]} does not answer within {limit.TotalSeconds:0.#} s");
            }
        }
        throw new UserException($"no gateway answers:\n  {string.Join("\n  ", failures)}");
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What is wrong with the request is wrong at every gateway; 429 is one gateway's or one silo's limit.</summary>
    private static bool IsFinal(HttpStatusCode status) => (int)status is >= 400 and < 500 && status != HttpStatusCode.TooManyRequests;
}
