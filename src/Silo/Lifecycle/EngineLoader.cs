using Evergrain.Engine;

namespace Evergrain.Silo.Lifecycle;

/// <summary>Opens the engine once the silo is a member of the cluster.</summary>
internal sealed partial class EngineLoader(EngineHost host, EngineOpener opener, EngineOptions options, ILogger<EngineLoader> logger)
    : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Every service has started, so the Orleans silo is active and can call its grains.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => _stopping.CancelAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
        => await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            host.Explain("loading the model");
            var engine = await opener.OpenAsync(options.ModelPath, stopping);
            if (host.Open(engine)) opener.Watch(engine);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The drain has said so already.
        }
        catch (ModelRefusedException e)
        {
            Log.Refused(logger, e.Message);
            host.Fail(e.Message);
        }
#pragma warning disable CA1031 // Whatever it is, the process stays alive to say why it cannot serve.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Broke(logger, e);
            host.Fail($"{e.GetType().Name}: {e.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The model is refused: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "The engine did not open")]
        public static partial void Broke(ILogger logger, Exception exception);
    }
}
