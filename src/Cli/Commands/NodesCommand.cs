using System.CommandLine;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

/// <summary>evergrain nodes: the servers of the YAML, a line each, for scripts that set up what lies between them.</summary>
internal static class NodesCommand
{
    private const string None = "-";

    public static Command Create()
    {
        var config = ConfigFile.CreateOption();
        var command = new Command("nodes", "List the servers of the YAML: name, host that the others reach it by, and host and port of a gateway as its own server reaches it") { config };
        command.SetAction(parsed => Write(ConfigFile.Load(parsed.GetValue(config)), Console.Out));
        return command;
    }

    internal static void Write(EvergrainConfig config, TextWriter output)
    {
        foreach (var node in config.Nodes())
        {
            var gateway = config.Gateways.FirstOrDefault(g => g.Node == node);
            var host = config.Silos.FirstOrDefault(s => s.Node == node)?.Host ?? gateway?.Public?.Host ?? None;
            output.WriteLine($"{node} {host} {(gateway is null ? None : config.OwnAddress(gateway)!.Authority)}");
        }
    }
}
