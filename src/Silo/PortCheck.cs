using System.Net;
using System.Net.Sockets;
using Evergrain.Hosting.Configuration;
using Orleans.Configuration;

namespace Evergrain.Silo;

/// <summary>
/// Looks whether this silo's ports are free. Orleans declares an earlier boot of the same address dead before it binds the port itself, so
/// a second start by mistake would end the silo that is running.
/// </summary>
internal static class PortCheck
{
    /// <summary>What is wrong, in one line; null where every port is free.</summary>
    public static string? Problem(SiloConfig silo)
    {
        var options = new EndpointOptions();
        OrleansSetup.ConfigureEndpoints(options, silo);
        (string Key, IPEndPoint EndPoint)[] ports =
        [
            ("siloPort", options.SiloListeningEndpoint!),
            ("gatewayPort", options.GatewayListeningEndpoint!),
            ("adminPort", new(IPAddress.Loopback, silo.AdminPort)),
        ];
        foreach (var (key, endPoint) in ports)
        {
            try
            {
                using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(endPoint);
                // Two sockets that do not listen may share an address.
                socket.Listen();
            }
            catch (SocketException e)
            {
                return $"{silo.Name} cannot listen on {endPoint} ({key}): {e.Message}; is {silo.Name} running already?";
            }
        }

        return null;
    }
}
