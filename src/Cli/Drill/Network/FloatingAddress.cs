using System.Diagnostics;
using System.Net;
using System.Reflection;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Network;

/// <summary>keepalived on each of some servers, with the file that is installed on real ones: they hold one address among them.</summary>
internal sealed class FloatingAddress : IAsyncDisposable
{
    private const string Configuration = "evergrain.conf";

    private static readonly string[] Checks = ["ready", "reach"];
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<NetworkNode> _nodes;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly List<Process> _processes = [];

    private FloatingAddress(IReadOnlyList<NetworkNode> nodes, string folder, TimeProvider time) => (_nodes, _folder, _time) = (nodes, folder, time);

    /// <summary>Starts keepalived on each of them; returns before one of them has taken the address.</summary>
    /// <param name="nodes">From the most preferred to the least, where two hold it.</param>
    /// <param name="gatewayPort">Of the gateway on each of them.</param>
    /// <param name="database">Host and port of the membership database.</param>
    /// <param name="time">The clock of its limits.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="UserException">It cannot be started.</exception>
    public static async Task<FloatingAddress> StartAsync(
        IReadOnlyList<NetworkNode> nodes, int gatewayPort, IPEndPoint database, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("evergrain-drill-address-").FullName;
        var floating = new FloatingAddress(nodes, folder, time);
        try
        {
            // keepalived runs its check as nobody, who must be able to come to it.
            MakeExecutable(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, Configuration), Installed(Configuration), cancellationToken);
            foreach (var check in Checks)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, check), Installed(check), cancellationToken);
                MakeExecutable(Path.Combine(folder, check));
            }
            for (var i = 0; i < nodes.Count; i++)
            {
                var file = Path.Combine(folder, $"{nodes[i].Name}.conf");
                await File.WriteAllTextAsync(file, Settings(nodes[i], [.. nodes.Where(n => n != nodes[i])], nodes.Count - i, folder, gatewayPort, database), cancellationToken);
                // Each with pid files of its own: another instance's would be taken for its own.
                floating._processes.Add(ToolRun.Start(NetworkTools.Ip!,
                    ["netns", "exec", nodes[i].Namespace.Name, NetworkTools.Keepalived!, "-n", "-l", "-f", file, "-p", $"{file}.pid", "-r", $"{file}.vrrp.pid"]));
            }
            return floating;
        }
        catch
        {
            await floating.DisposeAsync();
            throw;
        }
    }

    /// <summary>The servers that have the address just now: one, but for moments and for cuts in which each thinks that the other is gone.</summary>
    public async Task<IReadOnlyList<NetworkNode>> HoldersAsync(CancellationToken cancellationToken)
    {
        var holders = new List<NetworkNode>();
        foreach (var node in _nodes)
        {
            var addresses = await NetworkTools.RunIpAsync(["-n", node.Namespace.Name, "-4", "-o", "address", "show", "dev", "eth0"], cancellationToken);
            if (addresses.Contains($" {AddressPlan.Floating}/", StringComparison.Ordinal))
                holders.Add(node);
        }
        return holders;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            Signals.Terminate(process.Id);
            try
            {
                await process.WaitForExitAsync().WaitAsync(StopLimit, _time);
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }
            process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private static void MakeExecutable(string path)
    {
        // Where there are no modes there are no network namespaces either.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    private static string Settings(NetworkNode self, IReadOnlyList<NetworkNode> peers, int priority, string folder, int gatewayPort, IPEndPoint database) =>
        $"""
        $INTERFACE=eth0
        $ADDRESS={AddressPlan.Floating}/{AddressPlan.PrefixLength}
        $SELF={self.Address}
        $PEERS={string.Join(" \\\n", peers.Select(p => p.Address))}
        $PRIORITY={100 + priority}
        $CHECKS={folder}
        $GATEWAY={self.Address} {gatewayPort}
        $DATABASE={database.Address} {database.Port}
        include {Path.Combine(folder, Configuration)}

        """;

    private static string Installed(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"keepalived/{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
