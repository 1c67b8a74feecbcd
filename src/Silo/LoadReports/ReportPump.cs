using Evergrain.Hosting;
using Evergrain.Silo.Lifecycle;

namespace Evergrain.Silo.LoadReports;

/// <summary>
/// The beat of the load reports: every interval, and at once when the state changes or a text is to be refused. A thread of its own: the reports are the
/// heartbeat, and a busy thread pool must not look like a dead silo.
/// </summary>
internal sealed partial class ReportPump(
    LoadReportPublisher publisher, EngineHost host, PoisonList poison, ProcessIdentity identity, ILogger<ReportPump> logger)
    : IHostedLifecycleService, IDisposable
{
    private readonly AutoResetEvent _wake = new(initialState: false);
    private Thread? _thread;
    private volatile bool _stopped;

    /// <summary>The interval, 10 % more or less: silos that started together do not stay in step.</summary>
    /// <param name="interval">The configured interval.</param>
    /// <param name="random">0..1.</param>
    internal static TimeSpan Jitter(TimeSpan interval, double random) => interval * (0.9 + (0.2 * random));

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        host.Changed += Wake;
        poison.Added += Wake;
        _thread = new Thread(Run) { IsBackground = true, Name = "load reports" };
        _thread.Start();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After the drain and before Orleans, which has no way to the subscribers from then on.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        host.Changed -= Wake;
        poison.Added -= Wake;
        _wake.Set();
        _thread?.Join();
        _wake.Dispose();
    }

    private void Wake() => _wake.Set();

    private void Run()
    {
        while (!_stopped)
        {
            try
            {
                publisher.PushAll();
            }
#pragma warning disable CA1031 // A beat that fails must not be the last.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.BeatFailed(logger, e);
            }

            _wake.WaitOne(Jitter(identity.Config.Routing.ReportInterval, Random.Shared.NextDouble()));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A round of load reports failed")]
        public static partial void BeatFailed(ILogger logger, Exception exception);
    }
}
