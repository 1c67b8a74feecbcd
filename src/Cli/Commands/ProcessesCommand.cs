using System.CommandLine;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

/// <summary>evergrain processes: what a node of the YAML runs, a line each, for scripts that start them by other means than `up`.</summary>
internal static class ProcessesCommand
{
    public static Command Create()
    {
        var config = ConfigFile.CreateOption();
        var node = NodeOption.Create();
        var command = new Command("processes", "List what a node of the YAML runs: kind and name, silos first") { config, node };
        command.SetAction(parsed => Write(ConfigFile.Load(parsed.GetValue(config)), parsed.GetValue(node), Console.Out));
        return command;
    }

    internal static void Write(EvergrainConfig config, string? wanted, TextWriter output)
    {
        var node = NodeOption.Choose(config, wanted);
        foreach (var entry in new RunningProcesses(config).All.Where(e => e.Node == node)) output.WriteLine($"{entry.Kind} {entry.Name}");
    }
}
