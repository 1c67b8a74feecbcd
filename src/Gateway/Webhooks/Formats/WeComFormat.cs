using System.Text.Json.Nodes;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks.Formats;

/// <summary>WeCom's group robot (https://developer.work.weixin.qq.com/document/path/91770): markdown of at most 4,096 bytes; the key in the
/// address is all there is to security.</summary>
internal sealed class WeComFormat : IWebhookFormat
{
    private const int MaxBytes = 4096;

    public WebhookRequest Write(AlertMessage message, WebhookConfig hook, DateTimeOffset now)
    {
        var colour = message.Level switch { AlertLevel.Alarm => "warning", AlertLevel.AllClear => "info", _ => "comment" };
        var titled = message with { Lines = message.Lines.Insert(0, $"### <font color=\"{colour}\">{message.Title}</font>") };
        var body = new JsonObject
        {
            ["msgtype"] = "markdown",
            ["markdown"] = new JsonObject { ["content"] = titled.Join("\n", MaxBytes) },
        };
        return new WebhookRequest(hook.Url, RobotJson.Text(body));
    }

    public string? Complaint(string answer) => RobotJson.Complaint(answer, ["errcode"], ["errmsg"]);
}
