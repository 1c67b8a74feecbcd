using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks.Formats;

/// <summary>
/// DingTalk's custom robot: markdown, signed in the address (https://open.dingtalk.com/document/orgapp/customize-robot-security-settings):
/// base64 of HmacSHA256 over "milliseconds\nsecret" with the secret as key.
/// </summary>
internal sealed class DingTalkFormat : IWebhookFormat
{
    private const int MaxBytes = 16_000; // of a body of 20,000

    public WebhookRequest Write(AlertMessage message, WebhookConfig hook, DateTimeOffset now)
    {
        var body = new JsonObject
        {
            ["msgtype"] = "markdown",
            ["markdown"] = new JsonObject
            {
                ["title"] = message.Title,
                // Its markdown runs lines together unless an empty one is between.
                ["text"] = $"### {message.Title}\n\n{message.Join("\n\n", MaxBytes)}",
            },
        };
        return new WebhookRequest(hook.Secret is { } secret ? Signed(hook.Url, secret, now) : hook.Url, RobotJson.Text(body));
    }

    public string? Complaint(string answer) => RobotJson.Complaint(answer, ["errcode"], ["errmsg"]);

    private static Uri Signed(Uri url, string secret, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var sign = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}\n{secret}"));
        var query = $"timestamp={timestamp}&sign={Uri.EscapeDataString(Convert.ToBase64String(sign))}";
        return new UriBuilder(url) { Query = url.Query.Length > 1 ? $"{url.Query}&{query}" : query }.Uri;
    }
}
