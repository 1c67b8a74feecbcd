using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Evergrain.Hosting.Listening;

/// <summary>Kestrel's socket transport, with shared addresses opened through SO_REUSEPORT and every listener behind the gate.</summary>
internal sealed class SharingTransport(
    IOptions<SocketTransportOptions> options, ILoggerFactory loggers, ListenGate gate, SharedAddresses shared, NeighbourCheck neighbours)
    : IConnectionListenerFactory
{
    private readonly SocketTransportFactory _inner = new(options, loggers);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var isShared = shared.Contains(endpoint);
        if (isShared)
        {
            // Bound and let go: whoever holds the port without sharing it shows now, at start, not when the gate opens.
            SharedAddresses.Bind(endpoint).Dispose();
            await neighbours.RequireOursAsync((IPEndPoint)endpoint, cancellationToken).ConfigureAwait(false);
        }

        var listener = new GatedListener(_inner, endpoint, gate, isShared);
        await listener.OpenAsync(cancellationToken).ConfigureAwait(false);
        return listener;
    }
}

/// <summary>The addresses of this process that another one of its kind and node lists too.</summary>
internal sealed class SharedAddresses(IEnumerable<IPEndPoint> endpoints)
{
    private const int SolSocket = 1;
    private const int SoReusePort = 15;

    private readonly HashSet<EndPoint> _endpoints = [.. endpoints];

    public bool Contains(EndPoint endpoint) => _endpoints.Contains(endpoint);

    /// <summary>Kestrel's own socket for an address of this process alone, a sharing one for the others.</summary>
    public Socket Create(EndPoint endpoint) => Contains(endpoint) ? Bind(endpoint) : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);

    /// <summary>A socket bound with SO_REUSEPORT: the kernel spreads new connections over all processes that listen so.</summary>
    /// <exception cref="AddressInUseException">Another process holds the address and does not share it.</exception>
    public static Socket Bind(EndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
            socket.Bind(endpoint);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new AddressInUseException($"{endpoint} is held by another process.", e);
        }
    }
}
