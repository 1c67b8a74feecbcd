using Evergrain.Client;
using Evergrain.Hosting;
using Evergrain.Hosting.Listening;

namespace Evergrain.Gateway.Lifecycle;

/// <summary>
/// Opens the shared addresses when a silo takes calls. On stop: closes every listener first (new callers reach another
/// gateway), answers what is in flight and what still comes over open connections with Connection: close, then lets the
/// server stop.
/// </summary>
internal sealed partial class GatewayLifecycle(
    EvergrainClient client, GatewayState state, ListenGate gate, IHostApplicationLifetime lifetime, ILogger<GatewayLifecycle> logger,
    TimeProvider time)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>How long callers on open connections have to learn that they shall open another.</summary>
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _opening = Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _opening = OpenAsync(_stop.Token);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        Log.Draining(logger, state.InFlight);
        await state.BeginDrainAsync().ConfigureAwait(false);
        gate.Close();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (time.GetElapsedTime(started) is var waited && waited < DrainLimit && (waited < Goodbye || state.InFlight > 0))
        {
            await Task.Delay(CheckInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) break;
        }

        HardExit.DrainedCleanly = state.InFlight == 0;
        Log.Drained(logger, (long)time.GetElapsedTime(started).TotalMilliseconds, state.InFlight);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        await client.WaitUntilServingAsync(cancellationToken).ConfigureAwait(false);
        gate.Open();
        Log.Ready(logger);
        var fault = await gate.Faulted.WaitAsync(cancellationToken).ConfigureAwait(false);
        Log.AddressLost(logger, fault);
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Information, "Ready: a silo takes calls")]
        public static partial void Ready(ILogger logger);

        [LoggerMessage(13, LogLevel.Critical, "A shared address cannot be opened: stopping")]
        public static partial void AddressLost(ILogger logger, Exception cause);

        [LoggerMessage(11, LogLevel.Information, "Draining: listeners closed, {InFlight} requests in flight")]
        public static partial void Draining(ILogger logger, int inFlight);

        [LoggerMessage(12, LogLevel.Information, "Drained after {Elapsed} ms, {InFlight} requests in flight")]
        public static partial void Drained(ILogger logger, long elapsed, int inFlight);
    }
}
