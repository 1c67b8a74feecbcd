using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks.Formats;

/// <summary>What is posted, and where.</summary>
internal readonly record struct WebhookRequest(Uri Url, string Body);

/// <summary>One service's way to take a message.</summary>
internal interface IWebhookFormat
{
    /// <param name="message">What to say.</param>
    /// <param name="hook">Where to, and with which secret.</param>
    /// <param name="now">Signatures hold for a while only: written anew for each try.</param>
    WebhookRequest Write(AlertMessage message, WebhookConfig hook, DateTimeOffset now);

    /// <summary>Null where the answer, of status 200, says that the message was taken; else what it says.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is none of this service's answers.</exception>
    string? Complaint(string answer);
}
