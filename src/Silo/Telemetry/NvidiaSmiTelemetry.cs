using System.Diagnostics;
using Evergrain.Hosting;

namespace Evergrain.Silo.Telemetry;

/// <summary>
/// Readings of one long-lived nvidia-smi, started again when it ends or falls silent. It ends with this process: when that is killed, nvidia-smi's next line finds no
/// reader and SIGPIPE ends it, which .NET ignores and a child would inherit so; env gives it back.
/// </summary>
internal sealed partial class NvidiaSmiTelemetry(
    NvidiaSmiSamples samples, string silo, Func<string?> searchPath, TimeProvider time, ILogger<NvidiaSmiTelemetry> logger) : BackgroundService, IDeviceTelemetry
{
    private const string Program = "nvidia-smi";
    private const string Period = "500";

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private const string Env = "/usr/bin/env";
    private static readonly string[] EnvArguments = ["--default-signal=PIPE"];

    /// <summary>Whether this machine's env can do that (GNU coreutils 8.31); it replaces itself with the program, so the child is still ours.</summary>
    private static readonly Lazy<bool> EndsByPipe = new(() =>
    {
        if (!File.Exists(Env)) return false;
        using var trial = Process.Start(new ProcessStartInfo(Env, [.. EnvArguments, "true"]) { RedirectStandardError = true });
        return trial!.WaitForExit(TimeSpan.FromSeconds(2)) && trial.ExitCode == 0;
    });

    private bool _warned;

    public string Source => Program;

    public DeviceSample Current => samples.Current;

    /// <summary>Full path of a program of this name in the folders of a search path; null where there is none.</summary>
    internal static string? Find(string? searchPath) => searchPath?
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? Program + ".exe" : Program))
        .FirstOrDefault(File.Exists);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            var why = Find(searchPath()) is { } program ? await ReadAsync(program, stoppingToken) : "nvidia-smi is not on the PATH";
            if (stoppingToken.IsCancellationRequested) return;
            samples.Explain(why);
            Unknown();
            // One that ran well for a while has earned a quick start.
            pause = time.GetElapsedTime(began) >= LongestPause ? FirstPause : pause;
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <returns>Why it ended.</returns>
    private async Task<string> ReadAsync(string program, CancellationToken stopping)
    {
        using var process = new Process { StartInfo = StartInfo(program) };
        try
        {
            process.Start();
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine(); // drained: a full pipe would stop it
            while (true)
            {
                using var limit = new CancellationTokenSource(Silence, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
                string? line;
                try
                {
                    line = await process.StandardOutput.ReadLineAsync(either.Token);
                }
                catch (OperationCanceledException)
                {
                    return $"nvidia-smi has been silent for {Silence.TotalSeconds:F0} s";
                }

                if (line is null) return "nvidia-smi has ended";
                samples.Add(line);
                if (samples.Current.Problem is null) Known();
                else Unknown();
            }
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
        {
            return $"nvidia-smi cannot be used: {e.Message}";
        }
        finally
        {
            Kill(process);
        }
    }

    private ProcessStartInfo StartInfo(string program)
    {
        string[] arguments = ["--query-gpu=" + NvidiaSmiLine.Query, "--format=csv,noheader,nounits", "-lms", Period];
        var start = new ProcessStartInfo(EndsByPipe.Value ? Env : program, EndsByPipe.Value ? [.. EnvArguments, program, .. arguments] : arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // A script that stands in for it in a rehearsal wants to know whom it speaks for, also where the silo was started by hand.
        start.Environment[ProcessEnvironment.Name] = silo;
        return start;
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended, or never begun.
        }
    }

    /// <summary>One warning for a loss, however long it lasts.</summary>
    private void Unknown()
    {
        if (samples.Current.Problem is not { } problem || _warned) return;
        _warned = true;
        Log.Unknown(logger, problem);
    }

    private void Known()
    {
        if (!_warned) return;
        _warned = false;
        Log.Known(logger);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Load and memory of the devices are not known: {Problem}; this silo's own load counts meanwhile")]
        public static partial void Unknown(ILogger logger, string problem);

        [LoggerMessage(Level = LogLevel.Information, Message = "Load and memory of the devices are known (again)")]
        public static partial void Known(ILogger logger);
    }
}
