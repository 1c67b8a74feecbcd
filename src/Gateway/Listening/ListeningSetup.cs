using System.Net;
using System.Net.Sockets;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Evergrain.Gateway.Listening;

/// <summary>Tells Kestrel the addresses of the YAML.</summary>
internal static class ListeningSetup
{
    public static void AddGatewayListeners(this WebApplicationBuilder builder, EvergrainConfig config, GatewayConfig self)
    {
        var sharing = self.Listen.Where(a => config.IsShared(self, a)).ToArray();
        // Where the kernel cannot share a port each gateway keeps its own address only.
        var canShare = OperatingSystem.IsLinux();
        var shared = new SharedAddresses(canShare ? sharing.Select(ToEndPoint) : []);
        var listen = (canShare ? self.Listen : self.Listen.Except(sharing)).Select(ToEndPoint).ToArray();

        builder.Services.AddSingleton<ListenGate>();
        builder.Services.AddSingleton<NeighbourCheck>();
        builder.Services.AddSingleton(shared);
        builder.Services.AddSingleton<IConnectionListenerFactory, GatewayTransport>();
        builder.Services.Configure<SocketTransportOptions>(o => o.CreateBoundListenSocket = shared.Create);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var endpoint in listen) kestrel.Listen(endpoint);
        });
    }

    /// <summary>localhost is 127.0.0.1 here; another name is looked up once, at start.</summary>
    private static IPEndPoint ToEndPoint(Uri uri)
    {
        if (uri.Host == "localhost") return new IPEndPoint(IPAddress.Loopback, uri.Port);
        if (IPAddress.TryParse(uri.IdnHost, out var address)) return new IPEndPoint(address, uri.Port);
        var found = Dns.GetHostAddresses(uri.IdnHost);
        return new IPEndPoint(Array.Find(found, a => a.AddressFamily == AddressFamily.InterNetwork) ?? found[0], uri.Port);
    }
}
