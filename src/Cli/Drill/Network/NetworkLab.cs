using System.Net;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Network;

/// <summary>
/// A switch and the servers that hang on it, each a network namespace with one cable. Nothing of it is in the machine's own network:
/// no address, route or rule there changes.
/// </summary>
internal sealed class NetworkLab : IAsyncDisposable
{
    /// <summary>The switch, inside its namespace.</summary>
    public const string Bridge = "br0";

    private readonly List<string> _names = [];

    private NetworkLab()
    {
    }

    public NetworkNamespace Switch { get; private set; } = null!;

    public IReadOnlyDictionary<string, NetworkNode> Nodes { get; private set; } = new Dictionary<string, NetworkNode>();

    public static async Task<NetworkLab> CreateAsync(IReadOnlyList<string> nodes, CancellationToken cancellationToken)
    {
        var lab = new NetworkLab();
        try
        {
            lab.Switch = await lab.AddAsync("switch", cancellationToken);
            await lab.Switch.IpAsync(["link", "add", Bridge, "type", "bridge"], cancellationToken);
            await lab.Switch.IpAsync(["address", "add", $"{AddressPlan.Switch}/{AddressPlan.PrefixLength}", "dev", Bridge], cancellationToken);
            await lab.Switch.IpAsync(["link", "set", Bridge, "up"], cancellationToken);
            var made = new Dictionary<string, NetworkNode>();
            for (var i = 0; i < nodes.Count; i++)
                made[nodes[i]] = await lab.AddNodeAsync(nodes[i], AddressPlan.Node(i), cancellationToken);
            lab.Nodes = made;
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends what a drill that was killed has left running in its namespaces, and removes them.</summary>
    public static async Task RemoveLeftoversAsync()
    {
        foreach (var name in AddressPlan.Leftovers(NetworkNamespace.List(), pid => Directory.Exists($"/proc/{pid}")))
        {
            // Only a drill starts anything in there, so these are its orphans; their supervisor takes its children along.
            foreach (var pid in await NetworkNamespace.ProcessesAsync(name))
                Signals.Terminate(pid);
            await NetworkNamespace.DeleteAsync(name);
        }
    }

    /// <summary>The same for packets that arrive at the switch's own address, where a relay is.</summary>
    public Task LoseAtSwitchAsync(IReadOnlyList<PacketLoss> losses, CancellationToken cancellationToken)
        => NetworkTools.RunNftAsync(Switch.Name, PacketRules.Losses(losses), cancellationToken);

    /// <summary>All packets flow again, every cable is plugged in.</summary>
    public async Task HealAsync(CancellationToken cancellationToken)
    {
        await LoseAtSwitchAsync([], cancellationToken);
        foreach (var node in Nodes.Values)
        {
            await node.LoseAsync([], cancellationToken);
            await node.PlugAsync(true, cancellationToken);
            await node.DetachAsync(false, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _names)
            await NetworkNamespace.DeleteAsync(name);
        _names.Clear();
    }

    private async Task<NetworkNamespace> AddAsync(string part, CancellationToken cancellationToken)
    {
        var name = AddressPlan.Name(Environment.ProcessId, part);
        var created = await NetworkNamespace.CreateAsync(name, cancellationToken);
        _names.Add(name);
        return created;
    }

    private async Task<NetworkNode> AddNodeAsync(string node, IPAddress address, CancellationToken cancellationToken)
    {
        var inside = await AddAsync(node, cancellationToken);
        var port = $"to-{node}";
        await Switch.IpAsync(["link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", inside.Name], cancellationToken);
        await Switch.IpAsync(["link", "set", port, "master", Bridge], cancellationToken);
        await Switch.IpAsync(["link", "set", port, "up"], cancellationToken);
        await inside.IpAsync(["address", "add", $"{address}/{AddressPlan.PrefixLength}", "dev", "eth0"], cancellationToken);
        await inside.IpAsync(["link", "set", "eth0", "up"], cancellationToken);
        return new NetworkNode(node, address, inside, Switch, port);
    }
}
