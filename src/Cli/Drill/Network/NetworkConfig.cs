using System.Net;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Network;

/// <summary>Turns a config into one of three servers: a silo on each of two, all gateways on the third.</summary>
internal static class NetworkConfig
{
    public const string NodeA = "a";
    public const string NodeB = "b";
    public const string NodeG = "g";

    /// <summary>Servers of the lab, by their place in the address plan.</summary>
    public static IReadOnlyList<string> Nodes { get; } = [NodeA, NodeB, NodeG];

    // Each server has a network of its own, so none of these is ever taken.
    public const int SiloPort = 11111;
    public const int GatewayPort = 30000;
    public const int AdminPort = 9101;
    private const int SharedPort = 8080;

    /// <param name="basis">The config that people run: model, engine and routing stay; of the silos the first two.</param>
    /// <param name="file">Where the new one will be written. The membership file lies beside it: it is shared by all, whatever becomes of the
    /// network.</param>
    /// <param name="cores">Of this machine. Each server believes that it has them alone.</param>
    public static EvergrainConfig Of(EvergrainConfig basis, string file, int cores) => basis with
    {
        File = file,
        Cluster = new ClusterConfig { Id = "drill", Connection = Path.Combine(Path.GetDirectoryName(file)!, ".evergrain", "membership.db") },
        Engine = Share(basis.Engine, cores),
        Silos = [Silo(basis.Silos[0], NodeA), Silo(basis.Silos[1], NodeB)],
        Gateways = [.. basis.Gateways.Select((g, i) => g with { Node = NodeG, Listen = [Address(SharedPort), Address(SharedPort + 1 + i)], Public = null, Insecure = true })],
        WebUis = [],
    };

    /// <summary>Half of the machine for each of two silos, which both would plan for the whole.</summary>
    public static EngineConfig Share(EngineConfig engine, int cores) => engine with
    {
        Threads = engine.Threads > 0 ? engine.Threads : Math.Max(1, cores / 2),
        Slots = Math.Max(1, engine.Slots),
    };

    /// <summary>Where gateways connect to a silo.</summary>
    public static IPEndPoint GatewayOf(SiloConfig silo) => new(IPAddress.Parse(silo.Host), silo.GatewayPort);

    private static SiloConfig Silo(SiloConfig silo, string node)
        => silo with { Node = node, Host = AddressOf(node).ToString(), SiloPort = SiloPort, GatewayPort = GatewayPort, AdminPort = AdminPort, Insecure = true };

    private static Uri Address(int port) => new($"http://{AddressOf(NodeG)}:{port}");

    private static IPAddress AddressOf(string node) => AddressPlan.Node(Nodes.ToList().IndexOf(node));
}
