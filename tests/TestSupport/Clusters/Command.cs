using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Evergrain.TestSupport;

internal sealed record CommandResult(int ExitCode, string Output, string Error);

/// <summary>Runs programs to their end and sends signals.</summary>
internal static partial class Command
{
    public const int SigKill = 9;
    public const int SigTerm = 15;

    public static async Task<CommandResult> RunAsync(string program, IEnumerable<string> args, string? input = null, string? folder = null, double seconds = 60)
    {
        var info = new ProcessStartInfo(program, args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? "",
        };
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', args)} did not end within {seconds} s");
        }

        return new CommandResult(process.ExitCode, await output, await error);
    }

    public static void Signal(int pid, int signal) => Assert.Equal(0, Kill(pid, signal));

    /// <summary>False for a process that is gone or only waits to be reaped. One whose first thread has ended but not the others still
    /// holds its sockets.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            var process = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
            var stat = File.ReadAllText(Path.Combine(process, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X') || Directory.GetDirectories(Path.Combine(process, "task")).Length > 1;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
