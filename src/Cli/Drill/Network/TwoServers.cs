using System.Net;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Network;

/// <summary>Two whole servers of a <see cref="NetworkLab"/> with a floating address, their database on a third and the callers on a fourth.</summary>
internal sealed class TwoServers
{
    private TwoServers(NetworkLab lab, FloatingAddress address, DrillCluster cluster) => (Lab, Address, Cluster) = (lab, address, cluster);

    public NetworkLab Lab { get; }

    public FloatingAddress Address { get; }

    /// <summary>Owns all of it: network, database and address go with it.</summary>
    public DrillCluster Cluster { get; }

    /// <exception cref="UserException">Something of it does not come up; nothing is left behind.</exception>
    public static async Task<TwoServers> OpenAsync(DrillEnvironment environment, CancellationToken cancellationToken)
    {
        await NetworkLab.RemoveLeftoversAsync();
        var lab = await NetworkLab.CreateAsync(ServersConfig.Nodes, cancellationToken);
        PostgreSqlServer? database = null;
        FloatingAddress? address = null;
        ClusterLayout layout;
        try
        {
            database = await PostgreSqlServer.StartNewAsync(environment.Time, cancellationToken, lab.Nodes[ServersConfig.NodeD]);
            address = await FloatingAddress.StartAsync(
                [.. ServersConfig.Servers.Select(s => lab.Nodes[s])], ServersConfig.HttpPort, new(ServersConfig.AddressOf(ServersConfig.NodeD), database.Port), environment.Time, cancellationToken);
            var folder = Directory.CreateTempSubdirectory("evergrain-drill-").FullName;
            var config = ServersConfig.Of(environment.Config, Path.Combine(folder, "evergrain.yaml"), database.ConnectionString, Environment.ProcessorCount);
            layout = Layout(config with { Routing = config.Routing with { Failover = !environment.SelfTest } }, lab, database, address);
        }
        catch
        {
            if (address is not null)
                await address.DisposeAsync();
            if (database is not null)
                await database.DisposeAsync();
            await lab.DisposeAsync();
            throw;
        }
        return new TwoServers(lab, address, await DrillCluster.OpenAsync(layout, environment.Time, cancellationToken));
    }

    private static ClusterLayout Layout(EvergrainConfig config, NetworkLab lab, PostgreSqlServer database, FloatingAddress address) => new()
    {
        Config = config,
        Ups = [.. ServersConfig.Servers.Select(node => new UpStart
        {
            ConfigFile = config.File,
            Node = node,
            Through = [NetworkTools.Ip!, "netns", "exec", lab.Nodes[node].Namespace.Name],
        })],
        Shared = ServersConfig.Shared,
        Description = "2 servers with a silo, a gateway and a webui each and a floating address, the database on a third, in network namespaces",
        Membership = $"postgresql {database.Version}",
        Connect = (context, cancellationToken) => lab.Nodes[ServersConfig.NodeC].ConnectAsync(
            new IPEndPoint(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port), cancellationToken),
        Database = database,
        Resources = [address, database, lab],
    };
}
