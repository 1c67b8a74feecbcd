using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrain.Hosting.Listening;

/// <summary>Tells Kestrel the addresses of the YAML.</summary>
public static class ListeningSetup
{
    /// <summary>Own addresses open with the server, shared ones with the <see cref="ListenGate"/>, which a hosted service has to open.</summary>
    /// <param name="builder">Of the process.</param>
    /// <param name="listen">All its addresses.</param>
    /// <param name="isShared">Whether another process of its kind and node lists the address too.</param>
    public static void AddSharingListeners(this WebApplicationBuilder builder, IReadOnlyCollection<Uri> listen, Func<Uri, bool> isShared)
    {
        var sharing = listen.Where(isShared).ToArray();
        // Where the kernel cannot share a port each process keeps its own address only.
        var canShare = OperatingSystem.IsLinux();
        var shared = new SharedAddresses(canShare ? sharing.Select(ToEndPoint) : []);
        var endpoints = (canShare ? listen : listen.Except(sharing)).Select(ToEndPoint).ToArray();

        builder.Services.AddSingleton<ListenGate>();
        builder.Services.AddSingleton<NeighbourCheck>();
        builder.Services.AddSingleton(shared);
        builder.Services.AddSingleton<IConnectionListenerFactory, SharingTransport>();
        builder.Services.Configure<SocketTransportOptions>(o => o.CreateBoundListenSocket = shared.Create);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var endpoint in endpoints) kestrel.Listen(endpoint);
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
