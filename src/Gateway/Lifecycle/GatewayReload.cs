using Evergrain.Client;
using Evergrain.Gateway.Http;
using Evergrain.Hosting.Configuration;
using Evergrain.Hosting.Reloading;

namespace Evergrain.Gateway.Lifecycle;

/// <summary>What a gateway takes over while it runs: times, limits, keys.</summary>
/// <param name="settings">Read by every request.</param>
/// <param name="client">Has a deadline and a patience of its own.</param>
/// <param name="node">This node's own key, which is in no file that people edit.</param>
internal sealed class GatewayReload(CurrentSettings settings, EvergrainClient client, KeyConfig? node) : ILiveConfig
{
    public void Apply(EvergrainConfig config)
    {
        client.Apply(client.Options with { Deadline = config.Routing.Deadline, SuspectAfter = config.Routing.SuspectAfter, Failover = config.Routing.Failover });
        settings.Now = Of(config, node);
    }

    public static GatewaySettings Of(EvergrainConfig config, KeyConfig? node) => new(config.Routing, config.Limits, new AccessKeys(config.Keys, node));
}
