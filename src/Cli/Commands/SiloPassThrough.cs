using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Commands;

/// <summary>Commands of the silo's program (it holds the tokenizer, the engine and the database's driver): the same arguments, streams and exit code.</summary>
internal static class SiloPassThrough
{
    private const string Model = "model";

    private static readonly (string Name, string Description)[] Known =
    [
        ("tokenize", "(--vocab FILE | --model DIR): JSON strings in, one a line; JSON arrays of token ids out"),
        ("database", "install [--connection STRING] [--role NAME] | sql: make the membership tables of a PostgreSQL database as their owner; hosts: where it is"),
    ];

    private static readonly (string Name, string Description)[] KnownOfModel =
    [
        ("check", "DIR: hashes, shapes, known answers and speed of a model package"),
        ("eval", "DIR FILE.tsv…: measure it on labelled texts"),
        ("compare", "DIR OTHER FILE.tsv…: whether one may stand in for another"),
    ];

    public static bool Handles(string[] args) => args switch
    {
        [Model, var name, ..] => KnownOfModel.Any(k => k.Name == name),
        [var name, ..] => Known.Any(k => k.Name == name),
        [] => false,
    };

    /// <summary>For the list of commands in the help only: the real parsing is the silo's.</summary>
    public static IEnumerable<Command> ForHelp() => Known.Select(k => new Command(k.Name, k.Description));

    /// <summary>The same for the commands below <c>model</c>.</summary>
    public static IEnumerable<Command> ModelCommandsForHelp() => KnownOfModel.Select(k => new Command(k.Name, k.Description));

    public static async Task<int> RunAsync(string[] args)
    {
        var start = new ProcessStartInfo(ProcessLayout.OfThisProgram.Find("Silo")) { UseShellExecute = false };
        foreach (var argument in args)
            start.ArgumentList.Add(argument);
        using var process = new Process { StartInfo = start };
        // A terminal's Ctrl+C reaches the child as well, and the exit code is its business; SIGTERM is handed on.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        process.Start();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            if (!process.HasExited)
                Signals.Terminate(process.Id);
        });
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
