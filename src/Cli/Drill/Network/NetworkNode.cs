using System.Net;
using System.Net.Sockets;

namespace Evergrain.Cli.Drill.Network;

/// <summary>One server of the lab.</summary>
internal sealed class NetworkNode(string name, IPAddress address, NetworkNamespace inside, NetworkNamespace bridge, string port)
{
    public string Name { get; } = name;

    public IPAddress Address { get; } = address;

    public NetworkNamespace Namespace { get; } = inside;

    /// <summary>From now on these packets are lost on their way to this node, and no others.</summary>
    public Task LoseAsync(IReadOnlyList<PacketLoss> losses, CancellationToken cancellationToken)
        => NetworkTools.RunNftAsync(Namespace.Name, PacketRules.Losses(losses), cancellationToken);

    /// <summary>Pulls its cable out of the switch, or plugs it in.</summary>
    public Task PlugAsync(bool plugged, CancellationToken cancellationToken)
        => bridge.IpAsync(["link", "set", port, plugged ? "up" : "down"], cancellationToken);

    /// <summary>Takes its port out of the switch, or puts it back: nothing passes either way, and the node's own interface does not notice.</summary>
    public Task DetachAsync(bool detached, CancellationToken cancellationToken)
        => bridge.IpAsync(["link", "set", port, .. detached ? (string[])["nomaster"] : ["master", NetworkLab.Bridge]], cancellationToken);

    /// <summary>New connections of this node to <paramref name="service"/> go to <paramref name="relay"/>.</summary>
    public Task RedirectAsync(IPEndPoint service, IPEndPoint relay, CancellationToken cancellationToken)
        => NetworkTools.RunNftAsync(Namespace.Name, PacketRules.Redirect(service, relay), cancellationToken);

    /// <summary>A connection that begins inside this node: callers reach what only its network knows.</summary>
    public async ValueTask<Stream> ConnectAsync(IPEndPoint service, CancellationToken cancellationToken)
    {
        var socket = Namespace.Inside(() => new Socket(service.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        try
        {
            await socket.ConnectAsync(service, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
