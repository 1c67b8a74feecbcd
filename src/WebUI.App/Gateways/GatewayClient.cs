using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Evergrain.WebUI.App.Gateways;

/// <summary>How long one call may take.</summary>
/// <param name="Attempt">At one gateway.</param>
/// <param name="Total">At all of them together.</param>
/// <param name="Spread">Take turns between the gateways.</param>
internal readonly record struct CallLimits(TimeSpan Attempt, TimeSpan Total, bool Spread = false);

/// <summary>Asks a text's sentiment of whichever gateway answers.</summary>
internal interface IPredictor
{
    /// <exception cref="CallException">None of them answered well.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    Task<PredictAnswer> PredictAsync(IReadOnlyList<string> texts, CallLimits limits, CancellationToken cancellationToken);
}

/// <summary>Calls a gateway, and the next one where it does not answer in time: the page's own failover.</summary>
internal sealed class GatewayClient(HttpClient http, GatewayBook book, TimeProvider time) : IPredictor
{
    public async Task<PredictAnswer> PredictAsync(IReadOnlyList<string> texts, CallLimits limits, CancellationToken cancellationToken)
    {
        // A fresh content for each attempt: the first has sent its own.
        var answer = await SendAsync(
            limits, url => new HttpRequestMessage(HttpMethod.Post, new Uri(url, "/v1/predict"))
            {
                Content = JsonContent.Create(new PredictBody(texts, AllowMixedModels: true), AnswerJson.Relaxed.PredictBody),
                Headers = { { "X-Request-Timeout", string.Create(CultureInfo.InvariantCulture, $"{(int)limits.Attempt.TotalMilliseconds}ms") } },
            },
            AnswerJson.Default.PredictAnswer, cancellationToken);
        return answer.Results.Length == texts.Count ? answer : throw new CallException("internal", $"{answer.Results.Length} rows for {texts.Count} texts");
    }

    /// <summary>Drains a silo or puts it back.</summary>
    /// <exception cref="CallException">It was not done; says why.</exception>
    public async Task OperateAsync(string silo, string action, CancellationToken cancellationToken)
        => await SendAsync<object>(
            new CallLimits(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8)),
            url => new HttpRequestMessage(HttpMethod.Post, new Uri(url, $"/v1/cluster/silos/{Uri.EscapeDataString(silo)}/{action}")),
            null, cancellationToken);

    private async Task<T> SendAsync<T>(
        CallLimits limits, Func<Uri, HttpRequestMessage> request, JsonTypeInfo<T>? type, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        CallException? last = null;
        foreach (var gateway in book.Order(limits.Spread))
        {
            var left = limits.Total - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) break;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var timer = time.CreateTimer(_ => limit.Cancel(), null, left < limits.Attempt ? left : limits.Attempt, Timeout.InfiniteTimeSpan);
            try
            {
                using var message = request(gateway.Url);
                using var response = await http.SendAsync(message, limit.Token);
                if (response.IsSuccessStatusCode)
                {
                    var answer = type is null ? default! : await response.Content.ReadFromJsonAsync(type, limit.Token) ?? throw new JsonException("null");
                    book.Answered(gateway);
                    return answer;
                }

                last = await ProblemAsync(response, limit.Token);
                book.Answered(gateway);
                if (!last.IsPassing) throw last;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is HttpRequestException or JsonException or OperationCanceledException)
            {
                // The gateway's own word, where one gave it, says more than another's silence.
                book.Failed(gateway);
                last ??= new CallException(CallException.Unreachable, e.Message);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw last ?? new CallException(CallException.Unreachable, "");
    }

    private static async Task<CallException> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        CallProblem? problem = null;
        try
        {
            problem = await response.Content.ReadFromJsonAsync(AnswerJson.Default.CallProblem, cancellationToken);
        }
        catch (JsonException)
        {
            // Something between us and the gateway answered.
        }

        var code = problem?.Code ?? (response.StatusCode >= HttpStatusCode.InternalServerError ? "internal" : "malformed");
        return new CallException(code, problem?.Detail ?? $"{(int)response.StatusCode} {response.ReasonPhrase}", response.Headers.RetryAfter?.Delta);
    }
}
