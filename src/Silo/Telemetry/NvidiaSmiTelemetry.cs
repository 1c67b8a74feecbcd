using System.ComponentModel;

namespace Evergrain.Silo.Telemetry;

/// <summary>Keeps one nvidia-smi running and reads what it prints. Whatever that program does, the silo serves; what is not known is unknown.</summary>
/// <param name="silo">This silo's name, for the program's environment.</param>
/// <param name="readings">What becomes of the lines.</param>
/// <param name="searchPath">As in PATH; asked at each start, so that a driver that comes later is found.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where the alarm goes.</param>
internal sealed class NvidiaSmiTelemetry(
    string silo, NvidiaSmiReadings readings, Func<string?> searchPath, TimeProvider time, ILogger<NvidiaSmiTelemetry> logger)
    : BackgroundService, IDeviceTelemetry
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>A program that gave lines that long was well.</summary>
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(30);

    /// <summary>Ten lines have not come: it hangs.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    public string Source => "nvidia-smi";

    public DeviceSample Current => readings.Current;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(RunAsync(stoppingToken), LookAsync(stoppingToken));

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var alarm = new NvidiaSmiAlarm(time, logger);
        using var timer = new PeriodicTimer(LookInterval, time);
        do
            alarm.Look(readings.Current);
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (true)
        {
            if (await RunOnceAsync(cancellationToken) >= Steady) pause = FirstPause;
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <returns>How long it gave lines.</returns>
    private async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        if (NvidiaSmiProcess.Find(searchPath()) is not { } program)
        {
            readings.Stopped("nvidia-smi is not on the PATH");
            return TimeSpan.Zero;
        }

        try
        {
            using var process = NvidiaSmiProcess.Start(program, silo);
            return await ReadAsync(process, cancellationToken);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            readings.Stopped($"{program} cannot be run: {e.Message}");
            return TimeSpan.Zero;
        }
    }

    private async Task<TimeSpan> ReadAsync(NvidiaSmiProcess process, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var lived = TimeSpan.Zero;
        readings.Started();
        try
        {
            while (await process.ReadLineAsync().WaitAsync(LongestSilence, time, cancellationToken) is { } line)
            {
                readings.Take(line);
                lived = time.GetElapsedTime(began);
            }

            readings.Stopped("nvidia-smi has closed its output");
            // It may live on all the same; then it is killed like one that hangs.
            readings.Stopped($"nvidia-smi ended with exit code {await process.WaitAsync(cancellationToken).WaitAsync(LongestSilence, time, cancellationToken)}");
        }
        catch (TimeoutException)
        {
            readings.Stopped($"nvidia-smi hung for {LongestSilence.TotalSeconds:0} s and was killed");
            process.Kill();
            // Not one more beside one that is stuck in the driver and cannot die yet.
            await process.WaitAsync(cancellationToken);
        }
        finally
        {
            process.Kill();
        }

        return lived;
    }
}
