using System.Diagnostics;

namespace Evergrain.Cli.Drill.Network;

/// <summary>Runs a program of the system (ip, nft) to its end.</summary>
internal static class SystemTool
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Where it is installed; null where it is not. sbin belongs to root, whose PATH may lack it.</summary>
    public static string? Find(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin"])
            .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <param name="program">Its name.</param>
    /// <param name="arguments">One by one.</param>
    /// <param name="input">Given to it as stdin.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="UserException">It is missing, takes longer than 10 s or failed; with its own words.</exception>
    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, string input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Find(program) ?? throw new UserException($"{program} is not installed"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? output
                : throw new UserException($"{program} {string.Join(' ', arguments)}: {(await errors).Trim()} (exit code {process.ExitCode})");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UserException($"{program} {string.Join(' ', arguments)} has not ended within {Limit.TotalSeconds} s");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    public static Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => RunAsync(program, arguments, "", cancellationToken);
}
