using Evergrain.Hosting;
using Evergrain.Hosting.Listening;

namespace Evergrain.WebUI;

/// <summary>Opens the shared addresses once the server runs. On stop: closes every listener first, so that the kernel gives new connections to the other
/// host, and lets browsers with open ones learn that they shall open another.</summary>
internal sealed partial class HostLifecycle(
    HostState state, ListenGate gate, IHostApplicationLifetime lifetime, ILogger<HostLifecycle> logger, TimeProvider time) : IHostedLifecycleService
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        gate.Open();
        _ = WatchAsync();
        Log.Ready(logger);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        state.Draining = true;
        gate.Close();
        await Task.Delay(Goodbye, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        HardExit.DrainedCleanly = true;
        Log.Drained(logger);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WatchAsync()
    {
        var fault = await gate.Faulted.ConfigureAwait(false);
        Log.AddressLost(logger, fault);
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Information, "Ready: the page is served")]
        public static partial void Ready(ILogger logger);

        [LoggerMessage(12, LogLevel.Information, "Drained")]
        public static partial void Drained(ILogger logger);

        [LoggerMessage(13, LogLevel.Critical, "A shared address cannot be opened: stopping")]
        public static partial void AddressLost(ILogger logger, Exception cause);
    }
}
