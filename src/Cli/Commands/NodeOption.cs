using System.CommandLine;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

/// <summary>--node NAME: which server of the file a command is about.</summary>
internal static class NodeOption
{
    private const string DefaultNode = "local";

    public static Option<string?> Create() => new("--node")
    {
        Description = $"Which server of the file this is (default: {DefaultNode}, or the only one)",
        HelpName = "NAME",
    };

    /// <exception cref="UserException">No entry of the file runs there.</exception>
    public static string Choose(EvergrainConfig config, string? wanted)
    {
        var nodes = config.Nodes();
        var node = wanted ?? (nodes.Length == 1 ? nodes[0] : DefaultNode);
        return nodes.Contains(node)
            ? node
            : throw new UserException($"{config.File}: no entry runs on node '{node}'; use --node {string.Join(" or --node ", nodes)}", exitCode: 2);
    }
}
