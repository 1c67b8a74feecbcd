using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Evergrain.Gateway.Webhooks.Formats;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks;

/// <summary>
/// Posts a message: up to five tries of 5 s each, 1, 2, 4 and 8 s apart. A refusal is tried again like a silence: which of the robots'
/// numbers mean "never" is nowhere dependably written, and five tries harm nobody. Logs name format and host, never the address.
/// </summary>
internal sealed partial class WebhookSender(
    WebhookConfig hook, IWebhookFormat format, HttpClient http, GatewayMetrics metrics, ILogger logger, TimeProvider time)
{
    public const int Tries = 5;

    public static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(5);

    private const int MaxComplaint = 300;

    public static TimeSpan Pause(int afterTry) => TimeSpan.FromSeconds(1 << (afterTry - 1));

    /// <returns>Whether it was taken.</returns>
    /// <exception cref="OperationCanceledException">The gateway stops.</exception>
    public async Task<bool> SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var problem = await TryAsync(message, cancellationToken).ConfigureAwait(false);
            if (problem is null)
            {
                metrics.Webhook("sent");
                Log.Sent(logger, hook, message.Alerts.Length, attempt);
                return true;
            }

            if (attempt == Tries)
            {
                metrics.Webhook("failed");
                Log.Failed(logger, hook, message.Title, attempt, problem);
                return false;
            }

            Log.TriedInVain(logger, hook, attempt, problem);
            await Task.Delay(Pause(attempt), time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>Null where the message was taken, else what came instead.</returns>
    private async Task<string?> TryAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TryLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var request = format.Write(message, hook, time.GetUtcNow());
            using var content = new StringContent(request.Body, Encoding.UTF8, MediaTypeNames.Application.Json);
            using var response = await http.PostAsync(request.Url, content, either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) return $"answered {(int)response.StatusCode}";
            var answer = await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false);
            return format.Complaint(answer) is { } complaint ? "refused: " + complaint[..Math.Min(complaint.Length, MaxComplaint)] : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"did not answer within {TryLimit.TotalSeconds} s";
        }
        catch (JsonException)
        {
            return "answered with something that is none of its answers";
        }
        catch (HttpRequestException e)
        {
            return $"cannot be reached: {e.HttpRequestError}";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(40, LogLevel.Information, "Webhook {Hook}: {Alerts} alerts told at try {Attempt}")]
        public static partial void Sent(ILogger logger, WebhookConfig hook, int alerts, int attempt);

        [LoggerMessage(41, LogLevel.Information, "Webhook {Hook}: try {Attempt}: {Problem}")]
        public static partial void TriedInVain(ILogger logger, WebhookConfig hook, int attempt, string problem);

        [LoggerMessage(42, LogLevel.Error, "Webhook {Hook}: '{Title}' was not taken after {Attempt} tries: {Problem}")]
        public static partial void Failed(ILogger logger, WebhookConfig hook, string title, int attempt, string problem);
    }
}
