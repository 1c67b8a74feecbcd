using Evergrain.Client;
using Evergrain.Gateway.Cluster;
using Evergrain.Gateway.Webhooks.Formats;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks;

/// <summary>Runs a loop for each webhook of the YAML: one that hangs does not hold up another.</summary>
internal sealed class WebhookService(
    EvergrainClient client, ProcessIdentity identity, EventIds ids, GatewayMetrics metrics, ILogger<WebhookService> logger, TimeProvider time)
    : BackgroundService
{
    private const int MaxAnswer = 64 * 1024;
    private const int MaxTimeline = 4 * 1024 * 1024;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var robots = CreateHttp(MaxAnswer, useProxy: true);
        using var gateways = CreateHttp(MaxTimeline, useProxy: false);
        await Task.WhenAll(identity.Config.Webhooks.Select(hook => CreateLoop(hook, robots, gateways).RunAsync(client.Events, stoppingToken)))
            .ConfigureAwait(false);
    }

    private WebhookLoop CreateLoop(WebhookConfig hook, HttpClient robots, HttpClient gateways)
    {
        var config = identity.Config;
        var writer = new AlertWriter(config.Cluster.Id, identity.Name, config.Routing.Failover,
            silo => client.Silos.Count(s => s.Usable && s.Name != silo), time.LocalTimeZone);
        return new WebhookLoop(
            hook,
            new AlertFilter(hook.Events, hook.RepeatAfter, time),
            new Turns(new Neighbours(config, identity.Name, gateways, time), time),
            writer,
            new WebhookSender(hook, FormatOf(hook), robots, metrics, logger, time),
            metrics, logger, time);
    }

    private IWebhookFormat FormatOf(WebhookConfig hook) => hook.Format switch
    {
        WebhookFormat.DingTalk => new DingTalkFormat(),
        WebhookFormat.WeCom => new WeComFormat(),
        WebhookFormat.Feishu => new FeishuFormat(),
        _ => new JsonFormat(identity.Config.Cluster.Id, identity.Name, ids),
    };

    /// <summary>No redirects: an address with a token in it goes to nobody but its host. A new connection each time: messages are hours
    /// apart, and a gateway that drains answers on old connections only. Time limits are the callers' own.</summary>
    private static HttpClient CreateHttp(int maxAnswer, bool useProxy)
        => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = useProxy })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = maxAnswer,
            DefaultRequestHeaders = { ConnectionClose = true },
        };
}
