using System.CommandLine;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

internal static class UpCommand
{
    public static Command Create()
    {
        var config = ConfigFile.CreateOption();
        var node = NodeOption.Create();
        // For the drill: the test build of the silo, which a text can make die.
        var silo = new Option<string?>("--silo-program") { Hidden = true };
        var command = new Command("up", "Run every process of a node until Ctrl+C or SIGTERM; restart what ends unasked") { config, node, silo };
        command.SetAction((parsed, _) => RunAsync(ConfigFile.Load(parsed.GetValue(config)), parsed.GetValue(node), parsed.GetValue(silo)));
        return command;
    }

    private static async Task<int> RunAsync(EvergrainConfig config, string? wanted, string? siloProgram)
    {
        var node = NodeOption.Choose(config, wanted);
        // Said once, here, instead of by every gateway at every start.
        if (config.Gateways.Any(g => g.Node == node)) config.RequireVariables();
        var children = ProcessLayout.OfThisProgram.ChildrenOf(node, config, siloProgram).ToList();
        using var requests = new StopRequests();
        var up = new Up(config, node, new SupervisorOptions(), Console.Out, TimeProvider.System);
        await up.RunAsync(children, requests.Stop, requests.Insist);
        return 0;
    }
}
