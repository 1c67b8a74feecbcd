using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>Turns a config into one for a pair of the drill's own: the same names, model, engine and routing; other addresses and another folder.</summary>
internal static class LoopbackConfig
{
    private const string Node = "local";
    private const string Host = "127.0.0.1";

    /// <param name="basis">The config that people run.</param>
    /// <param name="file">Where the new one will be written.</param>
    /// <param name="takePort">Gives a free port.</param>
    public static EvergrainConfig Of(EvergrainConfig basis, string file, Func<int> takePort)
    {
        var shared = Address(takePort());
        return basis with
        {
            File = file,
            Cluster = new ClusterConfig { Id = "drill", Connection = Path.Combine(Path.GetDirectoryName(file)!, ".evergrain", "membership.db") },
            Silos =
            [
                .. basis.Silos.Select(s => s with { Node = Node, Host = Host, SiloPort = takePort(), GatewayPort = takePort(), AdminPort = takePort() }),
            ],
            Gateways = [.. basis.Gateways.Select(g => g with { Node = Node, Listen = [shared, Address(takePort())], Public = null })],
            WebUis = [],
        };
    }

    private static Uri Address(int port) => new($"http://{Host}:{port}");
}
