using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>How an <c>evergrain up</c> is started.</summary>
internal sealed record UpStart
{
    public required string ConfigFile { get; init; }

    /// <summary>Null: the only one of the file.</summary>
    public string? Node { get; init; }

    /// <summary>A program that runs it elsewhere and becomes it: [ip, netns, exec, NAME].</summary>
    public ImmutableArray<string> Through { get; init; } = [];

    /// <summary>Another program in place of the silo's.</summary>
    public string? SiloProgram { get; init; }

    /// <summary>A folder of programs that its processes find before the machine's own; null: none.</summary>
    public string? Programs { get; init; }
}

/// <summary>A real <c>evergrain up</c> as a child of the drill.</summary>
internal sealed class UpProcess : IDisposable
{
    /// <summary>Longer than its own limit for leaving nothing behind.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    private UpProcess(Process process) => _process = process;

    /// <summary>This program itself, also where it runs through dotnet.</summary>
    public static string Program => Path.Combine(AppContext.BaseDirectory, "evergrain");

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => string.Join('\n', _lines);

    public static UpProcess Start(UpStart start)
    {
        string[] command =
        [
            .. start.Through, Program, "up", "--config", start.ConfigFile,
            .. start.Node is { } node ? ["--node", node] : Array.Empty<string>(),
            .. start.SiloProgram is { } silo ? ["--silo-program", silo] : Array.Empty<string>(),
        ];
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true },
        };
        if (start.Programs is { } programs)
            process.StartInfo.Environment["PATH"] = $"{programs}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        var up = new UpProcess(process);
        process.OutputDataReceived += (_, e) => up.Keep(e.Data);
        process.ErrorDataReceived += (_, e) => up.Keep(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return up;
    }

    /// <exception cref="UserException">It ended, or was not ready in time; shows what it printed.</exception>
    public async Task WaitUntilReadyAsync(ScenarioClock clock, TimeSpan limit, CancellationToken cancellationToken)
    {
        var ready = await clock.UntilAsync(() => _lines.Contains("ready") || HasExited, limit, cancellationToken);
        if (ready is null || HasExited)
            throw new UserException($"the drill's cluster {(HasExited ? "ended" : $"was not ready within {limit.TotalSeconds:0} s")}:\n{Output}");
    }

    /// <summary>SIGTERM, and SIGKILL where it takes too long.</summary>
    public async Task StopAsync(TimeProvider time)
    {
        if (!HasExited)
            Signals.Terminate(Pid);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(StopLimit, time);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public void Dispose() => _process.Dispose();

    private void Keep(string? line)
    {
        if (line is not null)
            _lines.Enqueue(line);
    }
}
