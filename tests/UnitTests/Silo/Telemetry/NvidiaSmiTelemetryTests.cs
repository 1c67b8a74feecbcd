using System.Collections.Concurrent;
using System.Diagnostics;
using Evergrain.Silo.Telemetry;
using Evergrain.UnitTests.Client;
using Microsoft.Extensions.Logging;

namespace Evergrain.UnitTests.Silo.Telemetry;

/// <summary>With a shell script in the place of nvidia-smi, in real processes and by a clock that runs as fast as they keep up.</summary>
public sealed class NvidiaSmiTelemetryTests : IDisposable
{
    private const string Reading = "0, 20, 256, 1024, 38, 0";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-nvidia-smi").FullName;
    private readonly SerialTime _time = new();
    private readonly Events _events = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Start_ProgramThatAnswers_IsAskedForItsFieldsUnderTheSilosName()
    {
        Install($"""echo "$EVERGRAIN_NAME $*" >"{_folder}/asked"; {Forever($"echo '{Reading}'")}""");
        await using var running = await StartAsync();
        await running.UntilAsync(sample => sample is { Load: 0.2, Memory: 0.25, Number: > 2, Problem: null });
        Assert.Equal(
            "silo-a --query-gpu=index,utilization.gpu,memory.used,memory.total,temperature.gpu,ecc.errors.uncorrected.volatile.total --format=csv,noheader,nounits -lms 500",
            (await File.ReadAllTextAsync(Path.Combine(_folder, "asked"), TestContext.Current.CancellationToken)).Trim());
        Assert.Empty(_events.All);
    }

    [Theory]
    [InlineData(null, "is not on the PATH")]
    [InlineData("sleep 60", "hung for 5 s and was killed")]
    [InlineData("printf '0, 20'; sleep 60", "hung for 5 s and was killed")]
    [InlineData("exec >&-; sleep 60", "hung for 5 s and was killed")]
    [InlineData("exit 9", "ended with exit code 9")]
    [InlineData("head -c 1000000 /dev/zero >&2; exit 9", "ended with exit code 9")]
    [InlineData("while echo 'rubbish'; do sleep 0.02; done", "no reading: \"rubbish\"")]
    [InlineData("while echo '0, [N/A], [N/A], [N/A], [N/A], [N/A]'; do sleep 0.02; done", "does not tell the utilization of cuda:0")]
    public async Task Run_ProgramThatTellsNothing_IsUnknownAndWarnedOfOnce(string? script, string problem)
    {
        if (script is not null) Install(script);
        await using var running = await StartAsync();
        await running.UntilAsync(sample => sample.Load is null && sample.Problem?.Contains(problem, StringComparison.Ordinal) == true && !_events.All.IsEmpty);
        await running.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((null, null), (running.Telemetry.Current.Load, running.Telemetry.Current.Memory));
        Assert.Equal(LogLevel.Warning, Assert.Single(_events.All).Level);
        Assert.False(running.Telemetry.ExecuteTask!.IsCompleted);
    }

    [Fact]
    public async Task Run_ProgramThatDies_IsStartedAgainAndSaidToBeBackOnce()
    {
        Install($"echo '{Reading}'; exit 1");
        await using var running = await StartAsync();
        await running.UntilAsync(sample => sample is { Load: null, Number: > 2 } && _events.All.Count == 1);
        Install(Forever($"echo '{Reading}'"));
        await running.UntilAsync(_ => _events.All.Count > 1);
        Assert.Equal(0.2, running.Telemetry.Current.Load);
        Assert.Equal([LogLevel.Warning, LogLevel.Information], _events.All.Select(e => e.Level));
    }

    [Fact]
    public async Task Run_ProgramThatComesLater_IsFound()
    {
        await using var running = await StartAsync();
        await running.UntilAsync(sample => sample.Problem == "nvidia-smi is not on the PATH");
        Install(Forever($"echo '{Reading}'"));
        await running.UntilAsync(sample => sample.Load == 0.2);
    }

    [Fact]
    public async Task Stop_ProgramThatRuns_IsKilled()
    {
        Install($"""echo $$ >"{_folder}/pid"; {Forever($"echo '{Reading}'")}""");
        await using var running = await StartAsync();
        await running.UntilAsync(sample => sample.Load == 0.2);
        var pid = int.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "pid"), TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        using var program = Process.GetProcessById(pid);
        await running.Telemetry.StopAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    /// <summary>Nobody kills it when the silo was killed; that it ends all the same is for the signal to do.</summary>
    [Fact]
    public async Task Start_Program_DiesOfSigpipe()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc, and needs GNU env");
        Install($"""grep SigIgn /proc/self/status >"{_folder}/ignored"; {Forever($"echo '{Reading}'")}""");
        await using var running = await StartAsync();
        await running.UntilAsync(sample => sample.Load == 0.2);
        var ignored = Convert.ToUInt64((await File.ReadAllTextAsync(Path.Combine(_folder, "ignored"), TestContext.Current.CancellationToken)).Split('\t')[1].Trim(), 16);
        const int Sigpipe = 13;
        Assert.Equal(0UL, ignored >> (Sigpipe - 1) & 1);
    }

    private static string Forever(string command) => $"while {command}; do sleep 0.02; done";

    private void Install(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the program is a shell script");
        var next = Path.Combine(_folder, "next");
        File.WriteAllText(next, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(next, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Move(next, Path.Combine(_folder, "nvidia-smi"), overwrite: true);
    }

    private async Task<Running> StartAsync()
    {
        var telemetry = new NvidiaSmiTelemetry("silo-a", new NvidiaSmiReadings([], () => [], _time), () => _folder, _time, _events);
        await telemetry.StartAsync(CancellationToken.None);
        return new(telemetry, _time);
    }

    private sealed class Running(NvidiaSmiTelemetry telemetry, SerialTime time) : IAsyncDisposable
    {
        public NvidiaSmiTelemetry Telemetry => telemetry;

        public async Task UntilAsync(Func<DeviceSample, bool> condition)
        {
            var began = TimeProvider.System.GetTimestamp();
            while (!condition(telemetry.Current))
            {
                Assert.True(TimeProvider.System.GetElapsedTime(began) < Limit, $"It stays at {telemetry.Current}");
                await AdvanceAsync(Step);
            }
        }

        /// <summary>Five times as fast as real time: the programs are real.</summary>
        public async Task AdvanceAsync(TimeSpan span)
        {
            for (var gone = TimeSpan.Zero; gone < span; gone += Step)
            {
                time.Advance(Step);
                await Task.Delay(Step / 5, TimeProvider.System);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await telemetry.StopAsync(CancellationToken.None);
            telemetry.Dispose();
        }
    }

    private sealed class Events : ILogger<NvidiaSmiTelemetry>
    {
        private readonly ConcurrentQueue<(LogLevel Level, string Text)> _all = new();

        public ConcurrentQueue<(LogLevel Level, string Text)> All => _all;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => _all.Enqueue((logLevel, formatter(state, exception)));
    }
}
