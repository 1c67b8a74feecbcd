using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks.Formats;

/// <summary>
/// Feishu's custom bot: a card, signed in the body (https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot): base64 of HmacSHA256
/// over nothing, with "seconds\nsecret" as key. At most 20 KiB.
/// </summary>
internal sealed class FeishuFormat : IWebhookFormat
{
    private const int MaxBytes = 16_000;

    public WebhookRequest Write(AlertMessage message, WebhookConfig hook, DateTimeOffset now)
    {
        var body = new JsonObject();
        if (hook.Secret is { } secret)
        {
            var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            body["timestamp"] = timestamp;
            body["sign"] = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes($"{timestamp}\n{secret}"), Array.Empty<byte>()));
        }

        body["msg_type"] = "interactive";
        body["card"] = new JsonObject
        {
            ["header"] = new JsonObject
            {
                ["title"] = new JsonObject { ["tag"] = "plain_text", ["content"] = message.Title },
                ["template"] = message.Level switch { AlertLevel.Alarm => "red", AlertLevel.AllClear => "green", _ => "blue" },
            },
            ["elements"] = new JsonArray(new JsonObject { ["tag"] = "markdown", ["content"] = message.Join("\n", MaxBytes) }),
        };
        return new WebhookRequest(hook.Url, RobotJson.Text(body));
    }

    /// <summary>Older bots answer {"StatusCode":0,…}, newer ones {"code":0,…}, some both.</summary>
    public string? Complaint(string answer) => RobotJson.Complaint(answer, ["code", "StatusCode"], ["msg", "StatusMessage"]);
}
