using Evergrain.Hosting;

namespace Evergrain.Silo.Lifecycle;

/// <summary>
/// Announces the drain and waits for the calls in flight before anything stops: the host asks every service's StoppingAsync before it
/// stops the first one, Orleans included.
/// </summary>
internal sealed partial class DrainOnStop(
    EngineHost host, SiloDrain drain, ProcessIdentity identity, TimeProvider time, ILogger<DrainOnStop> logger)
    : IHostedLifecycleService
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the silo has finished its work, or its time for that has passed.</summary>
    public Task Done => _done.Task;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // The change wakes the report pump: channels hear of it at once.
        host.BeginStop();
        var began = time.GetTimestamp();
        try
        {
            await drain.FinishAsync(Limit, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The host's own limit: stop with what is left.
        }

        if (host.Calls == 0) Drained(time.GetElapsedTime(began));
        else Log.Abandoned(logger, identity.Name, host.Calls, Limit.TotalSeconds);

        _done.TrySetResult();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Nothing is left to do but to leave the cluster: an exit from here on, however it comes, is a clean one.</summary>
    private void Drained(TimeSpan took)
    {
        HardExit.DrainedCleanly = true;
        Log.Drained(logger, identity.Name, took.TotalMilliseconds);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Silo} drained in {Milliseconds:F0} ms")]
        public static partial void Drained(ILogger logger, string silo, double milliseconds);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Silo} stops with {Calls} calls in flight after {Seconds} s")]
        public static partial void Abandoned(ILogger logger, string silo, int calls, double seconds);
    }
}
