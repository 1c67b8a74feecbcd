using System.Text;
using System.Text.Json;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>Writes a config as a YAML file that reads back as the same config.</summary>
internal static class ConfigYaml
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(EvergrainConfig config)
    {
        var provider = config.Cluster.Provider == MembershipProvider.Sqlite ? "sqlite" : "postgresql";
        var text = new StringBuilder();
        Line($"cluster: {{ id: {Quote(config.Cluster.Id)}, membership: {{ provider: {provider}, connection: {Quote(config.Cluster.Connection)} }} }}");
        Line($"model: {{ name: {Quote(config.Model.Name)}, path: {Quote(config.Model.Path)} }}");
        Line($"engine: {{ threads: {config.Engine.Threads}, slots: {config.Engine.Slots}, batchTokens: {config.Engine.BatchTokens}, "
            + $"maxQueueWait: {Durations.Format(config.Engine.MaxQueueWait)}, probeInterval: {Durations.Format(config.Engine.ProbeInterval)}, "
            + $"runLimit: {Durations.Format(config.Engine.RunLimit)}, cpuFallback: {(config.Engine.CpuFallback ? "on" : "off")}, "
            + $"cudaMemoryMib: {config.Engine.CudaMemoryMib} }}");
        var routing = config.Routing;
        Line($"routing: {{ deadline: {Durations.Format(routing.Deadline)}, batchDeadline: {Durations.Format(routing.BatchDeadline)}, "
            + $"suspectAfter: {Durations.Format(routing.SuspectAfter)}, reportInterval: {Durations.Format(routing.ReportInterval)}, failover: {(routing.Failover ? "on" : "off")} }}");
        Line($"limits: {{ bodyBytes: {config.Limits.BodyBytes}, texts: {config.Limits.Texts} }}");
        if (config.Tls.Folder is { } folder)
            Line($"tls: {{ folder: {Quote(folder)} }}");
        Line("silos:");
        foreach (var silo in config.Silos)
        {
            Line($"  - {{ name: {Quote(silo.Name)}, node: {Quote(silo.Node)}, host: {Quote(silo.Host)}, siloPort: {silo.SiloPort}, "
                + $"gatewayPort: {silo.GatewayPort}, adminPort: {silo.AdminPort}, devices: [{string.Join(", ", silo.Devices.Select(Quote))}], telemetry: {Quote(silo.Telemetry)}{(silo.Insecure ? ", insecure: true" : "")} }}");
        }
        List("gateways", config.Gateways.Select(g => Listener(g.Name, g.Node, g.Listen, g.Public, g.Insecure)));
        List("webuis", config.WebUis.Select(w => Listener(w.Name, w.Node, w.Listen, w.Public)));
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');

        void List(string key, IEnumerable<string> entries)
        {
            var all = entries.ToList();
            text.Append(key).Append(all.Count == 0 ? ": []\n" : ":\n");
            foreach (var entry in all)
                text.Append("  - ").Append(entry).Append('\n');
        }
    }

    private static string Listener(string name, string node, IEnumerable<Uri> listen, Uri? publicAddress, bool insecure = false)
    {
        var others = publicAddress is null ? "" : $", public: {Quote(Address(publicAddress))}";
        if (insecure) others += ", insecure: true";
        return $"{{ name: {Quote(name)}, node: {Quote(node)}, listen: [{string.Join(", ", listen.Select(a => Quote(Address(a))))}]{others} }}";
    }

    /// <summary>With its port also where that is the scheme's own, as the file wants it.</summary>
    private static string Address(Uri uri) => $"{uri.Scheme}://{uri.Host}:{uri.Port}";

    /// <summary>YAML's double quotes take every JSON string.</summary>
    private static string Quote(string text) => JsonSerializer.Serialize(text, Relaxed);
}
