using System.Text.Json;
using Evergrain.Gateway.Cluster;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks.Formats;

/// <summary>The events as GET /v1/cluster/events gives them, for programs. Any status of the 200s will do.</summary>
internal sealed class JsonFormat(string cluster, string gateway, EventIds ids) : IWebhookFormat
{
    public WebhookRequest Write(AlertMessage message, WebhookConfig hook, DateTimeOffset now)
    {
        var body = new WebhookEvents { Cluster = cluster, Gateway = gateway, Title = message.Title, Events = [.. message.Alerts.Select(a => ids.ToAnswer(a.Event))] };
        return new WebhookRequest(hook.Url, JsonSerializer.Serialize(body, ClusterJson.Default.WebhookEvents));
    }

    public string? Complaint(string answer) => null;
}
