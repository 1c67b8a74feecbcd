using System.Net;
using System.Net.Sockets;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo;

namespace Evergrain.UnitTests.Silo;

public class PortCheckTests
{
    [Theory]
    [InlineData("siloPort", 0)]
    [InlineData("gatewayPort", 1)]
    [InlineData("adminPort", 2)]
    public void Problem_PortTaken_NamesPortKeyAndSilo(string key, int taken)
    {
        var listeners = Enumerable.Range(0, 3).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        for (var i = 0; i < listeners.Length; i++)
        {
            if (i != taken) listeners[i].Stop();
        }

        var problem = PortCheck.Problem(Silo(ports));
        listeners[taken].Stop();

        Assert.Contains($"127.0.0.1:{ports[taken]} ({key})", problem, StringComparison.Ordinal);
        Assert.Contains("silo-a", problem, StringComparison.Ordinal);
        Assert.Null(PortCheck.Problem(Silo(ports)));
    }

    private static SiloConfig Silo(int[] ports)
        => new() { Name = "silo-a", SiloPort = ports[0], GatewayPort = ports[1], AdminPort = ports[2] };
}
