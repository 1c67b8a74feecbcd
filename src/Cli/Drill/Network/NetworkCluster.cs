using System.Net;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Network;

/// <summary>
/// A cluster of three servers: silo-a on one, silo-b on another, both gateways on the third. The membership file is shared by all,
/// whatever becomes of the network between them.
/// </summary>
internal sealed class NetworkCluster : IAsyncDisposable
{
    public const string NodeA = "a";
    public const string NodeB = "b";
    public const string NodeG = "g";

    private const int SiloPort = 11111;
    private const int SiloGatewayPort = 30000;
    private const int RelayPort = 40000;
    private const int SharedPort = 8080;
    private const int GatewayAPort = 8081;
    private const int GatewayBPort = 8082;

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);

    private readonly List<NodeProcess> _processes = [];

    private NetworkCluster(NetworkLab lab, string folder)
    {
        Lab = lab;
        Folder = folder;
    }

    public NetworkLab Lab { get; }

    public NetworkNode SiloA => Lab.Nodes[NodeA];

    public NetworkNode SiloB => Lab.Nodes[NodeB];

    public NetworkNode Gateways => Lab.Nodes[NodeG];

    public string Folder { get; }

    /// <summary>Between the gateways and silo-b; null where they are connected directly.</summary>
    public DelayRelay? Relay { get; private set; }

    public Uri Shared => At(SharedPort);

    public Uri GatewayA => At(GatewayAPort);

    public Uri GatewayB => At(GatewayBPort);

    private string ConfigFile => Path.Combine(Folder, "evergrain.yaml");

    /// <param name="program">The evergrain executable.</param>
    /// <param name="folder">An empty folder for its YAML, logs and membership file.</param>
    /// <param name="model">The model package.</param>
    /// <param name="relayed">The gateways reach silo-b through a <see cref="DelayRelay"/>, without delay at first.</param>
    /// <param name="time">For every wait.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="UserException">Something of it does not come up.</exception>
    public static async Task<NetworkCluster> StartAsync(
        string program, string folder, string model, bool relayed, TimeProvider time, CancellationToken cancellationToken)
    {
        var cluster = new NetworkCluster(await NetworkLab.CreateAsync([NodeA, NodeB, NodeG], cancellationToken), folder);
        try
        {
            if (relayed)
                await cluster.RelayAsync(time, cancellationToken);
            await File.WriteAllTextAsync(cluster.ConfigFile, cluster.Yaml(model), cancellationToken);
            var state = new StateFolder(ConfigLoader.Load(cluster.ConfigFile));
            foreach (var node in cluster.Lab.Nodes.Values)
                cluster._processes.Add(new NodeProcess(program, node, cluster.ConfigFile, state.SocketOf(node.Name)));
            foreach (var process in cluster._processes)
                await process.WaitReadyAsync(ReadyLimit, time, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public string LogOf(string name) => Path.Combine(Folder, ".evergrain", "logs", $"{name}.log");

    /// <summary>Every silo and gateway, as their supervisors know them.</summary>
    public async Task<IReadOnlyList<ProcessReport>> ProcessesAsync(CancellationToken cancellationToken)
        => [.. (await Task.WhenAll(_processes.Select(p => p.ChildrenAsync(cancellationToken)))).SelectMany(reports => reports)];

    public async ValueTask DisposeAsync()
    {
        // Gateways first, so that none complains of silos that leave.
        foreach (var process in Enumerable.Reverse(_processes))
            await process.DisposeAsync();
        if (Relay is not null)
            await Relay.DisposeAsync();
        await Lab.DisposeAsync();
    }

    private Uri At(int port) => new($"http://{Gateways.Address}:{port}");

    private async Task RelayAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var service = new IPEndPoint(SiloB.Address, SiloGatewayPort);
        Relay = new DelayRelay(Lab.Switch, new IPEndPoint(AddressPlan.Switch, RelayPort), service, time);
        await Gateways.RedirectAsync(service, Relay.Address, cancellationToken);
    }

    private string Yaml(string model) => $$"""
        cluster: { id: drill, membership: { provider: sqlite } }
        model: { path: "{{model}}" }
        silos:
          - { name: silo-a, node: {{NodeA}}, host: {{SiloA.Address}}, siloPort: {{SiloPort}}, gatewayPort: {{SiloGatewayPort}} }
          - { name: silo-b, node: {{NodeB}}, host: {{SiloB.Address}}, siloPort: {{SiloPort}}, gatewayPort: {{SiloGatewayPort}} }
        gateways:
          - { name: gateway-a, node: {{NodeG}}, listen: ["{{Shared}}", "{{GatewayA}}"] }
          - { name: gateway-b, node: {{NodeG}}, listen: ["{{Shared}}", "{{GatewayB}}"] }
        webuis: []
        """;
}
