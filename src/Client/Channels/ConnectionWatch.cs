using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections;

namespace Evergrain.Client.Channels;

/// <summary>
/// Sees a channel's connections open and close. Orleans does not fail the calls in flight on a lost connection: they wait for
/// their response time-out. This middleware runs around the connection's whole life, so its end is the earliest sign of a lost
/// process (20 to 36 ms after a kill).
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The source is swapped while calls hold its token; it has no timer, so nothing is left undisposed.")]
internal sealed class ConnectionWatch
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _lost = new();
    private int _open;

    /// <summary>Raised after the state changed, with true for the first open connection and false for the last closed one.</summary>
    public event Action<bool>? Changed;

    /// <summary>Raised when a connection has closed, before the calls on it are ended: what they are told must be known by then.</summary>
    public event Action? Closing;

    public bool IsOpen => Volatile.Read(ref _open) > 0;

    /// <summary>Cancelled when a connection that is open now, or the next one, closes.</summary>
    public CancellationToken Lost
    {
        get
        {
            lock (_lock) return _lost.Token;
        }
    }

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var first = Interlocked.Increment(ref _open) == 1;
        var closed = 0;
        // The transport's own closed token fires before the pipeline has unwound: take whichever is first.
        using var onClosed = connection.ConnectionClosed.Register(Close);
        if (first) Changed?.Invoke(true);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Close();
        }

        void Close()
        {
            if (Interlocked.Exchange(ref closed, 1) == 1) return;
            var last = Interlocked.Decrement(ref _open) == 0;
            Closing?.Invoke();
            Cut();
            if (last) Changed?.Invoke(false);
        }
    }

    /// <summary>Ends every call in flight: they were sent over a connection that is gone, or to a silo that went silent.</summary>
    public void Cut()
    {
        CancellationTokenSource old;
        lock (_lock)
        {
            old = _lost;
            _lost = new CancellationTokenSource();
        }

        old.Cancel();
    }
}
