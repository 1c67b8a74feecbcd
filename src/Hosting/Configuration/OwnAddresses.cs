using System.Collections.Immutable;
using System.Net;

namespace Evergrain.Hosting.Configuration;

/// <summary>
/// Tells an address that several processes of a node share from one that reaches exactly one process.
/// </summary>
public static class OwnAddresses
{
    /// <summary>Whether another gateway of the node lists this address too.</summary>
    public static bool IsShared(this EvergrainConfig config, GatewayConfig gateway, Uri address)
        => config.Gateways.Any(g => g.Node == gateway.Node && g.Name != gateway.Name && g.Listen.Contains(address));

    /// <summary>Whether another webui of the node lists this address too.</summary>
    public static bool IsShared(this EvergrainConfig config, WebUiConfig webUi, Uri address)
        => config.WebUis.Any(w => w.Node == webUi.Node && w.Name != webUi.Name && w.Listen.Contains(address));

    /// <summary>The first address that reaches this gateway and no other, to connect to from its own node. A checked file always
    /// has one.</summary>
    public static Uri? OwnAddress(this EvergrainConfig config, GatewayConfig gateway)
        => gateway.Listen.Where(address => !config.IsShared(gateway, address)).Select(Connectable).FirstOrDefault();

    /// <summary>The first address that reaches this webui and no other, to connect to from its own node.</summary>
    public static Uri? OwnAddress(this EvergrainConfig config, WebUiConfig webUi)
        => webUi.Listen.Where(address => !config.IsShared(webUi, address)).Select(Connectable).FirstOrDefault();

    /// <summary>Every node that the file names, in order of first mention.</summary>
    public static ImmutableArray<string> Nodes(this EvergrainConfig config)
        => [.. config.Silos.Select(s => s.Node).Concat(config.Gateways.Select(g => g.Node)).Concat(config.WebUis.Select(w => w.Node)).Distinct()];

    /// <summary>0.0.0.0 and [::] are listened on, never connected to.</summary>
    private static Uri Connectable(Uri address)
    {
        if (!HostName.IsWildcard(address.Host))
            return address;
        var loopback = address.HostNameType == UriHostNameType.IPv6 ? $"[{IPAddress.IPv6Loopback}]" : IPAddress.Loopback.ToString();
        return new UriBuilder(address) { Host = loopback }.Uri;
    }
}
