using System.Runtime.InteropServices;
using Evergrain.Hosting;

namespace Evergrain.Cli.Supervision;

/// <summary>Ctrl+C, SIGTERM and the end of the terminal: the first asks to stop, a second one says that a person will not wait.</summary>
internal sealed class StopRequests : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _insist = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action? _reload;

    /// <param name="reload">What SIGHUP means while the terminal is still there; null: to stop as well. Runs on the thread pool.</param>
    public StopRequests(Action? reload = null)
    {
        _reload = reload;
        if (reload is not null) ControllingTerminal.Remember();
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    public CancellationToken Stop => _stop.Token;

    public CancellationToken Insist => _insist.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
        _insist.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (context.Signal == PosixSignal.SIGHUP && _reload is { } reload && !ControllingTerminal.IsLost)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static act => act(), reload, preferLocal: false);
            return;
        }

        var source = _stop.IsCancellationRequested ? _insist : _stop;
        // Asynchronously: what waits for the token must not run on the signal's thread.
        _ = source.CancelAsync();
    }
}
