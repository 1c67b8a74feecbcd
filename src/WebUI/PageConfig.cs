using System.Collections.Immutable;
using System.Net;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;

namespace Evergrain.WebUI;

/// <summary>A gateway as the page calls it.</summary>
/// <param name="Name">In the YAML.</param>
/// <param name="Node">The server it runs on.</param>
/// <param name="Url">Its own address, not one that several share: the page fails over by itself.</param>
internal sealed record GatewayAddress(string Name, string Node, string Url);

/// <summary>A silo as the page links to it.</summary>
/// <param name="Name">In the YAML.</param>
/// <param name="Node">The server it runs on.</param>
/// <param name="Dashboard">The Orleans Dashboard. Listens on that server's loopback: elsewhere it needs a tunnel.</param>
internal sealed record SiloAddress(string Name, string Node, string Dashboard);

/// <summary>GET /config.json: what the page must know of the YAML. No secret is in it.</summary>
internal sealed record PageConfig
{
    public required string Cluster { get; init; }

    /// <summary>The host that answered.</summary>
    public required string WebUi { get; init; }

    public required string Node { get; init; }

    public required string Version { get; init; }

    /// <summary>Those of this host's node first.</summary>
    public required ImmutableArray<GatewayAddress> Gateways { get; init; }

    public required ImmutableArray<SiloAddress> Silos { get; init; }

    /// <param name="identity">The host that is asked.</param>
    /// <param name="origin">The address by which the browser came.</param>
    public static PageConfig Of(ProcessIdentity identity, Uri origin)
    {
        var config = identity.Config;
        var self = config.WebUis.Single(w => w.Name == identity.Name);
        return new PageConfig
        {
            Cluster = config.Cluster.Id,
            WebUi = self.Name,
            Node = self.Node,
            Version = typeof(PageConfig).Assembly.GetName().Version!.ToString(3),
            Gateways =
            [
                .. config.Gateways.OrderBy(g => g.Node != self.Node)
                    .Select(g => new GatewayAddress(g.Name, g.Node, AddressOf(config, g, self, origin).GetLeftPart(UriPartial.Authority))),
            ],
            Silos = [.. config.Silos.Select(s => new SiloAddress(s.Name, s.Node, $"http://127.0.0.1:{s.AdminPort}/dashboard"))],
        };
    }

    /// <summary>`public` where the YAML has it. Else the gateway's own address, with the host by which the browser came where the YAML's is none that a browser
    /// could use: the wildcard, or loopback where the browser came from elsewhere.</summary>
    private static Uri AddressOf(EvergrainConfig config, GatewayConfig gateway, WebUiConfig self, Uri origin)
    {
        if (gateway.Public is { } told) return told;
        var own = gateway.Listen.FirstOrDefault(a => !config.IsShared(gateway, a)) ?? gateway.Listen[0];
        var usable = !HostName.IsWildcard(own.Host) && !own.IsLoopback;
        if (usable) return own;
        var host = gateway.Node == self.Node ? origin.Host : HostOfNode(config, gateway.Node) ?? origin.Host;
        return new UriBuilder(own) { Host = host }.Uri;
    }

    /// <summary>Where other servers reach a node: the address of its silos.</summary>
    private static string? HostOfNode(EvergrainConfig config, string node) => config.Silos
        .Where(s => s.Node == node).Select(s => s.Host)
        .FirstOrDefault(host => host != "localhost" && !(IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)));
}
