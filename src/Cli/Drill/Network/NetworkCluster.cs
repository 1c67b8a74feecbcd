using System.Net;
using System.Net.Sockets;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Network;

/// <summary>A cluster of three servers of a <see cref="NetworkLab"/>, and what may be done to the network between them.</summary>
internal sealed class NetworkCluster
{
    private const int RelayPort = 40000;

    private NetworkCluster(NetworkLab lab, DelayRelay? relay, DrillCluster cluster)
    {
        Lab = lab;
        Relay = relay;
        Cluster = cluster;
    }

    public NetworkLab Lab { get; }

    /// <summary>Between the gateways and the second silo; null where they are connected directly.</summary>
    public DelayRelay? Relay { get; }

    /// <summary>Owns all of it: the network goes with it.</summary>
    public DrillCluster Cluster { get; }

    public NetworkNode SiloA => Lab.Nodes[NetworkConfig.NodeA];

    public NetworkNode SiloB => Lab.Nodes[NetworkConfig.NodeB];

    public NetworkNode Gateways => Lab.Nodes[NetworkConfig.NodeG];

    /// <param name="environment">Its config.</param>
    /// <param name="relayed">The gateways reach the second silo through a <see cref="DelayRelay"/>, without delay at first.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="UserException">Something of it does not come up; nothing is left behind.</exception>
    public static async Task<NetworkCluster> OpenAsync(DrillEnvironment environment, bool relayed, CancellationToken cancellationToken)
    {
        await NetworkLab.RemoveLeftoversAsync();
        var folder = Directory.CreateTempSubdirectory("evergrain-drill-").FullName;
        var config = NetworkConfig.Of(environment.Config, Path.Combine(folder, "evergrain.yaml"), Environment.ProcessorCount);
        config = config with { Routing = config.Routing with { Failover = !environment.SelfTest } };
        var lab = await NetworkLab.CreateAsync(NetworkConfig.Nodes, cancellationToken);
        DelayRelay? relay = null;
        try
        {
            if (relayed)
                relay = await RelayAsync(lab, NetworkConfig.GatewayOf(config.Silos[1]), environment.Time, cancellationToken);
        }
        catch
        {
            await lab.DisposeAsync();
            Directory.Delete(folder);
            throw;
        }
        return new NetworkCluster(lab, relay, await DrillCluster.OpenAsync(Layout(config, lab, relay), environment.Time, cancellationToken));
    }

    private static async Task<DelayRelay> RelayAsync(NetworkLab lab, IPEndPoint silo, TimeProvider time, CancellationToken cancellationToken)
    {
        var address = new IPEndPoint(AddressPlan.Switch, RelayPort);
        await lab.Nodes[NetworkConfig.NodeG].RedirectAsync(silo, address, cancellationToken);
        // From the switch: only what the gateways' own network sends to the silo is redirected, not what the relay sends.
        return new DelayRelay(
            () => lab.Switch.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)), address, silo, time);
    }

    private static ClusterLayout Layout(EvergrainConfig config, NetworkLab lab, DelayRelay? relay) => new()
    {
        Config = config,
        Ups = [.. lab.Nodes.Values.Select(node => new UpStart
        {
            ConfigFile = config.File,
            Node = node.Name,
            Through = [NetworkTools.Ip!, "netns", "exec", node.Namespace.Name],
        })],
        Shared = config.Gateways[0].Listen[0],
        Description = $"{config.Silos.Length} silos, {config.Gateways.Length} gateways, own cluster in {lab.Nodes.Count} network namespaces",
        Membership = "sqlite",
        Connect = (context, cancellationToken) => lab.Nodes[NetworkConfig.NodeG].ConnectAsync(
            new IPEndPoint(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port), cancellationToken),
        Resources = relay is null ? [lab] : [relay, lab],
    };
}
