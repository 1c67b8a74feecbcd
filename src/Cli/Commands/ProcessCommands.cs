using System.CommandLine;
using System.Globalization;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Commands;

/// <summary>stop, start, restart, reload, drain and undrain: one process after the other, through the <c>up</c> that runs it.</summary>
internal static class ProcessCommands
{
    private const string Restart = "restart";

    public static IEnumerable<Command> Create() =>
    [
        Changes("stop", "End processes gracefully and keep them down until they are started"),
        Changes("start", "Start processes that are down, or that wait to be started again"),
        CreateRestart(),
        CreateReload(),
        ChangesSilo("drain", "Take a silo out of service; its process stays. Returns when nothing is in flight, after 15 s at most"),
        ChangesSilo("undrain", "Put a drained silo back in service"),
    ];

    private static Command Changes(string action, string description)
    {
        var names = new Argument<string[]>("NAME") { Description = "As in the YAML file", Arity = ArgumentArity.OneOrMore };
        return Create(action, description, names, parsed => parsed.GetValue(names)!);
    }

    /// <summary>One only: to drain two silos of two by a slip of the hand would end the service.</summary>
    private static Command ChangesSilo(string action, string description)
    {
        var name = new Argument<string>("NAME") { Description = "A silo's name as in the YAML file" };
        return Create(action, description, name, parsed => [parsed.GetValue(name)!]);
    }

    private static Command Create(string action, string description, Argument argument, Func<ParseResult, string[]> names)
    {
        var config = ConfigFile.CreateOption();
        var command = new Command(action, description) { argument, config };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new RunningProcesses(ConfigFile.Load(parsed.GetValue(config))), action, names(parsed), cancellationToken));
        return command;
    }

    private static Command CreateRestart()
    {
        var config = ConfigFile.CreateOption();
        var names = new Argument<string[]>("NAME")
        {
            Description = "As in the YAML file; with --rolling none means all",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var rolling = new Option<bool>("--rolling")
        {
            Description = "Silos first, then gateways, then web pages, one at a time: each must serve again before the next is touched",
        };
        var command = new Command(Restart, "Start processes anew; with --rolling no caller that knows two gateways notices")
        {
            names, rolling, config,
        };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(rolling) && result.GetValue(names) is not { Length: > 0 })
                result.AddError("Name what to restart, or use --rolling for all.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = ConfigFile.Load(parsed.GetValue(config));
            var processes = new RunningProcesses(file);
            if (!parsed.GetValue(rolling))
                return await RunAsync(processes, Restart, parsed.GetValue(names)!, cancellationToken);
            using var cluster = new LiveCluster(file, processes);
            await new RollingRestart(cluster, new RollingOptions(), Console.Out, TimeProvider.System)
                .RunAsync(await cluster.ChooseAsync(parsed.GetValue(names)!, Console.Out, cancellationToken), cancellationToken);
            return 0;
        });
        return command;
    }

    /// <summary>A file with errors is refused here, before anybody is asked to read it.</summary>
    private static Command CreateReload()
    {
        var config = ConfigFile.CreateOption();
        var names = new Argument<string[]>("NAME") { Description = "As in the YAML file; none means all of this server", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("reload", "Make processes read the YAML file anew, without a restart: keys, limits and times change at once") { names, config };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var processes = new RunningProcesses(ConfigFile.Load(parsed.GetValue(config)));
            var named = parsed.GetValue(names) is { Length: > 0 } some ? some : [.. (await processes.HereAsync(cancellationToken)).Select(e => e.Name)];
            return await RunAsync(processes, "reload", named, cancellationToken);
        });
        return command;
    }

    /// <summary>All are tried; what fails is said and makes the exit code 1.</summary>
    private static async Task<int> RunAsync(RunningProcesses processes, string action, string[] names, CancellationToken cancellationToken)
    {
        var code = 0;
        // All looked up before the first is touched.
        foreach (var entry in processes.Find(names))
        {
            try
            {
                await Console.Out.WriteLineAsync(Describe(action, await processes.ChangeAsync(entry, action, cancellationToken)));
            }
            catch (UserException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                code = e.ExitCode;
            }
        }

        return code;
    }

    private static string Describe(string action, ProcessReport report) => action switch
    {
        "stop" => $"{report.Name} is {report.State}" + (report.LastExit is { } exit ? $" ({exit})" : ""),
        "drain" => $"{report.Name} is drained: nothing is in flight, and it takes no new work until undrain or a restart",
        "reload" => $"{report.Name} reads the file again; what changed is in its log: ./evergrain logs {report.Name} -n 5",
        "undrain" => $"{report.Name} is back in service",
        _ => string.Create(CultureInfo.InvariantCulture, $"{report.Name} is {report.State}")
            + (report.Pid is { } pid ? string.Create(CultureInfo.InvariantCulture, $" (pid {pid})") : $" ({report.LastExit})"),
    };
}
