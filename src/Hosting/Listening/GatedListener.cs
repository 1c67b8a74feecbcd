using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Evergrain.Hosting.Listening;

/// <summary>
/// A listener that opens its port only when the gate opens and can close it before the server stops. While it is shut, the
/// kernel gives new connections to the other processes on the address.
/// </summary>
internal sealed class GatedListener(IConnectionListenerFactory inner, EndPoint endPoint, ListenGate gate, bool shared) : IConnectionListener
{
    private readonly Lock _lock = new();
    private IConnectionListener? _listener;
    private bool _closed;

    public EndPoint EndPoint => _listener?.EndPoint ?? endPoint;

    /// <summary>Own addresses open at once: the supervisor looks there for this very process.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (!shared) _listener = await inner.BindAsync(endPoint, cancellationToken).ConfigureAwait(false);
        _ = gate.Closed.ContinueWith(_ => UnbindAsync().AsTask(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (_listener is null)
        {
            if (await Task.WhenAny(gate.Opened, gate.Closed).WaitAsync(cancellationToken).ConfigureAwait(false) != gate.Opened) return null;
            await BindAsync(cancellationToken).ConfigureAwait(false);
        }

        return await _listener!.AcceptAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        IConnectionListener? listener;
        lock (_lock)
        {
            _closed = true;
            listener = _listener;
        }

        if (listener is not null) await listener.UnbindAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _listener?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task BindAsync(CancellationToken cancellationToken)
    {
        bool closed;
        try
        {
            var listener = await inner.BindAsync(endPoint, cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                _listener = listener;
                closed = _closed;
            }
        }
        catch (Exception e)
        {
            gate.Fault(e);
            throw;
        }

        // Closed while the port was being opened: the close found nothing to close.
        if (closed) await _listener.UnbindAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
