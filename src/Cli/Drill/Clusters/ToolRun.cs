using System.Diagnostics;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>Programs that the drill starts beside the cluster.</summary>
internal static class ToolRun
{
    internal sealed record Result(int ExitCode, string Output, string Error);

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the program is ended.</exception>
    public static async Task<Result> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(Info(program, arguments))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return new Result(process.ExitCode, await output, await error);
    }

    /// <returns>What it printed.</returns>
    /// <exception cref="UserException">It ended with another code than 0; says what it said.</exception>
    public static async Task<string> RequireAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var result = await RunAsync(program, arguments, cancellationToken);
        return result.ExitCode == 0
            ? result.Output
            : throw new UserException($"{program} ended with exit code {result.ExitCode}: {(result.Error.Length > 0 ? result.Error : result.Output).Trim()}");
    }

    /// <summary>Starts one that goes on; what it prints is read and dropped, because full pipes would stop it.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var process = Process.Start(Info(program, arguments))!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    // The folder: another account may not be allowed into the current one.
    private static ProcessStartInfo Info(string program, IEnumerable<string> arguments) => new(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = "/",
    };
}
