using System.CommandLine;
using Evergrain.Cli.Models;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

/// <summary>evergrain model: use, and for its help the commands of the silo's program.</summary>
internal static class ModelCommand
{
    public static Command Create()
    {
        var command = new Command("model", "Check, measure or compare model packages, or change the one that is served") { CreateUse() };
        foreach (var passedOn in SiloPassThrough.ModelCommandsForHelp())
            command.Add(passedOn);
        return command;
    }

    private static Command CreateUse()
    {
        var folder = new Argument<string>("DIR") { Description = "The new model package, at the same place for every silo of this node" };
        var config = ConfigFile.CreateOption();
        var node = NodeOption.Create();
        var command = new Command("use", "Change the model of the running silos, one by one, without a gap; and model.path in the YAML file")
        {
            folder, config, node,
        };
        command.SetAction((parsed, _) => UseAsync(
            ConfigFile.Load(parsed.GetValue(config)), parsed.GetValue(node), parsed.GetValue(folder)!));
        return command;
    }

    private static async Task<int> UseAsync(EvergrainConfig config, string? wanted, string folder)
    {
        var node = NodeOption.Choose(config, wanted);
        var here = config.Silos.Where(s => s.Node == node).ToList();
        if (here.Count == 0)
            throw new UserException($"{config.File}: no silo runs on node '{node}'", exitCode: 2);
        var package = PackageSummary.Read(folder);
        var setting = ModelSetting.Prepare(config, package.Folder);
        using var alone = ModelLock.Take(new StateFolder(config), node);
        using var requests = new StopRequests();
        await using var said = requests.Stop.Register(
            () => Console.Out.WriteLine("stopping: the silo in hand finishes, then all is put back; a second signal waits for nobody"));
        using var silos = new SiloModels(GatewayCalls.KeyFor(config));
        var round = new SiloRound([.. here], silos, new RolloutOptions(), Console.Out, TimeProvider.System);
        await Console.Out.WriteLineAsync($"{package.Name} {package.Version} from {package.Folder}");
        await new ModelRollout(package, round, silos, setting, Console.Out, TimeProvider.System).RunAsync(requests.Stop, requests.Insist);
        var others = config.Silos.Except(here).Select(s => $"{s.Name} ({s.Node})").ToList();
        if (others.Count > 0)
        {
            await Console.Out.WriteLineAsync(
                $"run the same command on the servers of {string.Join(", ", others)}: their silos and their {Path.GetFileName(config.File)} are theirs; "
                + "until then status shows different models");
        }

        return 0;
    }
}
