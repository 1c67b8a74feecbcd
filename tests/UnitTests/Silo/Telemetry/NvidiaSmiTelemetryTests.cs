using System.Collections.Concurrent;
using Evergrain.Silo.Telemetry;
using Microsoft.Extensions.Logging;

namespace Evergrain.UnitTests.Silo.Telemetry;

/// <summary>Over real processes: a script stands in for nvidia-smi.</summary>
public sealed class NvidiaSmiTelemetryTests : IAsyncLifetime
{
    private const string Good = "while :; do echo \"0, 30, 2048, 16384, 55, 0\"; sleep 0.05; done";

    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-smi-").FullName;
    private readonly Warnings _log = new();
    private readonly NvidiaSmiTelemetry _telemetry;

    public NvidiaSmiTelemetryTests() => _telemetry = new NvidiaSmiTelemetry(
        new NvidiaSmiSamples([], () => [], TimeProvider.System), "silo-a", () => $"/no/such/folder:{_folder}", TimeProvider.System, _log);

    private string Script => Path.Combine(_folder, "nvidia-smi");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _telemetry.StopAsync(CancellationToken.None);
        _telemetry.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Run_Answers_Known()
    {
        await StartAsync("test \"$EVERGRAIN_NAME\" = silo-a && test \"$4\" = 500 && " + Good);
        await UntilAsync(() => _telemetry.Current.Problem is null);
        Assert.Equal((0.3, 0.125), (_telemetry.Current.Load, _telemetry.Current.Memory));
        Assert.Empty(_log.Lines);
    }

    /// <summary>Signal 13 is bit 12 of SigIgn: a child that ignored it would outlive a silo that is killed.</summary>
    [Fact]
    public async Task Run_Program_DoesNotIgnoreABrokenPipe()
    {
        await StartAsync("test $((0x$(grep SigIgn /proc/$$/status | cut -f2) & 0x1000)) = 0 && " + Good);
        await UntilAsync(() => _telemetry.Current.Problem is null);
    }

    [Theory]
    [InlineData(null, "not on the PATH")]
    [InlineData("while :; do echo rubbish; sleep 0.05; done", "no reading")]
    [InlineData("while :; do echo '0, [N/A], [N/A], [N/A], [N/A], [N/A]'; sleep 0.05; done", "does not know the load")]
    [InlineData("echo 'no driver' >&2; exit 9", "has ended")]
    [InlineData("exec sleep 600", "silent for 5 s")]
    public async Task Run_NothingToKnow_OneWarningAndNothingKnown(string? script, string problem)
    {
        await StartAsync(script);
        await UntilAsync(() => !_log.Lines.IsEmpty);
        await Task.Delay(1500, TestContext.Current.CancellationToken); // further tries
        Assert.Contains(problem, Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.Null(_telemetry.Current.Load);
        Assert.NotNull(_telemetry.Current.Problem);
    }

    [Fact]
    public async Task Run_AppearsLater_KnownThen()
    {
        await StartAsync(null);
        await UntilAsync(() => !_log.Lines.IsEmpty);
        Write(Good);
        await UntilAsync(() => _telemetry.Current.Load == 0.3);
    }

    private async Task StartAsync(string? script)
    {
        if (script is not null) Write(script);
        await _telemetry.StartAsync(TestContext.Current.CancellationToken);
    }

    private void Write(string script)
    {
        // Renamed into place: what is open for writing cannot be started.
        File.WriteAllText(Script + ".new", "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Script + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Move(Script + ".new", Script);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition()) await Task.Delay(20, limit.Token);
    }

    private sealed class Warnings : ILogger<NvidiaSmiTelemetry>
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Lines.Enqueue(formatter(state, exception));
        }
    }
}
