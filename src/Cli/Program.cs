using System.CommandLine;
using Evergrain.Cli;
using Evergrain.Cli.Commands;
using Evergrain.Hosting.Configuration;

try
{
    if (SiloPassThrough.Handles(args))
        return await SiloPassThrough.RunAsync(args);

    var root = new RootCommand("Evergrain: sentiment of Chinese texts that goes on answering when a server dies")
    {
        UpCommand.Create(),
        StatusCommand.Create(),
        LogsCommand.Create(),
        PredictCommand.Create(),
        DrillCommand.Create(),
    };
    foreach (var command in ProcessCommands.Create())
        root.Add(command);
    root.Add(ModelCommand.Create());
    root.Add(ProcessesCommand.Create());
    root.Add(NodesCommand.Create());
    root.Add(KeyCommand.Create());
    root.Add(CertsCommand.Create());
    foreach (var command in SiloPassThrough.ForHelp())
        root.Add(command);
    // up has its own signals, and every message of ours is meant for people: no stack from the library's handler.
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    });
}
catch (UserException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return e.ExitCode;
}
catch (ConfigException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
