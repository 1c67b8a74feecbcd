using System.Net;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Network;

/// <summary>Turns a config into one of two whole servers: a silo, a gateway and a webui on each; the database on a third.</summary>
internal static class ServersConfig
{
    public const string NodeA = "a";
    public const string NodeB = "b";

    /// <summary>The database.</summary>
    public const string NodeD = "d";

    /// <summary>The callers.</summary>
    public const string NodeC = "c";

    /// <summary>Servers of the lab, by their place in the address plan.</summary>
    public static IReadOnlyList<string> Nodes { get; } = [NodeA, NodeB, NodeD, NodeC];

    /// <summary>Those that serve.</summary>
    public static IReadOnlyList<string> Servers { get; } = [NodeA, NodeB];

    // Each server has a network of its own, so none of these is ever taken.
    public const int HttpPort = 8080;
    public const int WebPort = 7860;

    /// <summary>Where callers reach the service, on whichever server the address is.</summary>
    public static Uri Shared { get; } = Address(AddressPlan.Floating, HttpPort);

    /// <summary>The same of the page.</summary>
    public static Uri Page { get; } = Address(AddressPlan.Floating, WebPort);

    /// <param name="basis">The config that people run: model, engine and routing stay; of silos, gateways and webuis the first two.</param>
    /// <param name="file">Where the new one will be written.</param>
    /// <param name="database">Connection string of the PostgreSQL server.</param>
    /// <param name="cores">Of this machine. Each server believes that it has them alone.</param>
    public static EvergrainConfig Of(EvergrainConfig basis, string file, string database, int cores) => basis with
    {
        File = file,
        Cluster = new ClusterConfig { Id = "drill", Provider = MembershipProvider.Postgresql, Connection = database },
        Engine = NetworkConfig.Share(basis.Engine, cores),
        Silos =
        [
            .. Servers.Select((node, i) => basis.Silos[i] with
            {
                Node = node, Host = AddressOf(node).ToString(), SiloPort = NetworkConfig.SiloPort, GatewayPort = NetworkConfig.GatewayPort, AdminPort = NetworkConfig.AdminPort,
                Insecure = true,
            }),
        ],
        // On every address: the floating one comes and goes.
        Gateways = [.. Servers.Select((node, i) => basis.Gateways[i] with { Node = node, Listen = [Address(IPAddress.Any, HttpPort)], Public = Address(AddressOf(node), HttpPort), Insecure = true })],
        WebUis = [.. basis.WebUis.Take(Servers.Count).Select((w, i) => w with { Node = Servers[i], Listen = [Address(IPAddress.Any, WebPort)], Public = null })],
    };

    public static IPAddress AddressOf(string node) => AddressPlan.Node(Nodes.ToList().IndexOf(node));

    private static Uri Address(IPAddress host, int port) => new($"http://{host}:{port}");
}
