using System.Runtime.InteropServices;
using Evergrain.Hosting.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Evergrain.Hosting.Reloading;

/// <summary>
/// Reads the YAML anew at SIGHUP and takes over what may change while the process runs. A file with errors changes nothing.
/// </summary>
internal sealed partial class ConfigReload(ProcessIdentity identity, IEnumerable<ILiveConfig> parts, ReloadMetrics metrics, ILogger<ConfigReload> logger)
    : IHostedLifecycleService, IDisposable
{
    private readonly Lock _one = new();
    private readonly ILiveConfig[] _parts = [.. parts];
    private EvergrainConfig _running = identity.Config;
    private PosixSignalRegistration? _registration;

    /// <summary>Before anything answers: the supervisor sends no SIGHUP to a process that was never heard.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            // Without this .NET would end the process.
            context.Cancel = true;
            ThreadPool.UnsafeQueueUserWorkItem(static reload => reload.Reload(), this, preferLocal: false);
        });
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registration?.Dispose();

    /// <summary>One at a time; the last one reads the file last. Never throws.</summary>
    internal void Reload()
    {
        lock (_one)
        {
            try
            {
                TakeOver(ConfigLoader.Load(identity.Config.File));
            }
            catch (ConfigException e)
            {
                metrics.Refused();
                Log.Refused(logger, e.Message);
            }
#pragma warning disable CA1031 // On a thread of the pool: it would end the process.
            catch (Exception e)
#pragma warning restore CA1031
            {
                metrics.Refused();
                Log.Failed(logger, identity.Config.File, e);
            }
        }
    }

    private void TakeOver(EvergrainConfig read)
    {
        // What needed a restart the last time and still does is said again.
        var running = _parts.Aggregate(_running, (config, part) => part.Correct(config));
        var (live, needRestart) = ConfigChanges.Between(identity.Kind, identity.Name, running, read);
        if (!live.IsEmpty)
        {
            foreach (var part in _parts) part.Apply(read);
            _running = LiveSettings.TakeOver(identity.Kind, running, read);
            metrics.Applied();
            Log.Applied(logger, read.File, string.Join("; ", live));
        }
        else
        {
            metrics.Unchanged();
            Log.Unchanged(logger, read.File);
        }

        if (!needRestart.IsEmpty) Log.NeedRestart(logger, identity.Name, string.Join(", ", needRestart));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{File} is read again: {Changes}")]
        public static partial void Applied(ILogger logger, string file, string changes);

        [LoggerMessage(LogLevel.Information, "{File} is read again: nothing changed that can change now")]
        public static partial void Unchanged(ILogger logger, string file);

        [LoggerMessage(LogLevel.Warning, "{Name} has to be restarted for: {Keys}")]
        public static partial void NeedRestart(ILogger logger, string name, string keys);

        [LoggerMessage(LogLevel.Error, "The settings stay as they were: {Errors}")]
        public static partial void Refused(ILogger logger, string errors);

        [LoggerMessage(LogLevel.Error, "{File} was not taken over as a whole")]
        public static partial void Failed(ILogger logger, string file, Exception exception);
    }
}
