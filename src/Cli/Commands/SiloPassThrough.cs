using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Commands;

/// <summary>Commands of the silo's program (it holds the tokenizer and the engine): the same arguments, streams and exit code.</summary>
internal static class SiloPassThrough
{
    private static readonly (string Name, string Description)[] Known =
    [
        ("tokenize", "(--vocab FILE | --model DIR): JSON strings in, one a line; JSON arrays of token ids out"),
        ("model", "check DIR | eval DIR FILE.tsv… | compare DIR OTHER FILE.tsv…: check a model package, measure it on labelled texts, or compare two"),
    ];

    public static bool Handles(string[] args) => args.Length > 0 && Known.Any(k => k.Name == args[0]);

    /// <summary>For the list of commands in the help only: the real parsing is the silo's.</summary>
    public static IEnumerable<Command> ForHelp() => Known.Select(k => new Command(k.Name, k.Description));

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
