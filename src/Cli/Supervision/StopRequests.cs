using System.Runtime.InteropServices;

namespace Evergrain.Cli.Supervision;

/// <summary>Ctrl+C and SIGTERM: the first asks to stop, a second one says that a person will not wait.</summary>
internal sealed class StopRequests : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _insist = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopRequests()
    {
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
        var source = _stop.IsCancellationRequested ? _insist : _stop;
        // Asynchronously: what waits for the token must not run on the signal's thread.
        _ = source.CancelAsync();
    }
}
