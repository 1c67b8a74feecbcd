namespace Evergrain.Silo.Poison;

/// <summary>
/// The silo's one place for texts that may have ended a process. One at a time, whoever asks: when the process ends, only the holder can have
/// been it. A holder whose client is gone loses the place after 3 s.
/// </summary>
internal sealed class AlonePlace(TimeProvider time)
{
    private static readonly TimeSpan HoldLimit = TimeSpan.FromSeconds(3);

    /// <summary>Tickets remembered after they left: far more than are ever under way.</summary>
    private const int Remembered = 1024;

    private readonly Lock _lock = new();

    // Of one client's messages a later one may come first (seen: 4 of 100 waits that were cancelled within milliseconds). A ticket that was given
    // up before it came must not wait, or the place would be its own for three seconds.
    private readonly HashSet<Guid> _left = [];
    private readonly Queue<Guid> _leftInOrder = new();
    private readonly LinkedList<(Guid Ticket, TaskCompletionSource<bool> Granted)> _waiting = [];
    private Guid? _holder;
    private ITimer? _expiry;

    /// <returns>True for the place; false when <paramref name="timeLeft"/> was over first, or the ticket or the caller has left: then the place goes to the next. No exception, which
    /// would cost the silo more than the place.</returns>
    public async Task<bool> EnterAsync(Guid ticket, TimeSpan timeLeft, CancellationToken cancellationToken)
    {
        // Nobody would give it back.
        if (cancellationToken.IsCancellationRequested) return false;
        var granted = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_left.Contains(ticket)) return false;
            if (_holder is null)
            {
                Grant(ticket);
                return true;
            }

            _waiting.AddLast((ticket, granted));
        }

        try
        {
            return await granted.Task.WaitAsync(timeLeft, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return Withdraw(ticket) is null && await granted.Task;
        }
        catch (OperationCanceledException)
        {
            if (Withdraw(ticket) is null) Leave(ticket);
            return false;
        }
    }

    /// <summary>Gives the place to the next, or the wait for it up, even one that is yet to come.</summary>
    public void Leave(Guid ticket)
    {
        lock (_lock)
        {
            if (_holder != ticket)
            {
                // A client that was cancelled says so too: its cancellation may come late or never, and then nobody would give the place back.
                if (Withdraw(ticket) is { } granted) granted.SetResult(false);
                else Remember(ticket);
                return;
            }

            _expiry?.Dispose();
            _holder = null;
            if (_waiting.First is not { } next) return;
            _waiting.RemoveFirst();
            Grant(next.Value.Ticket);
            next.Value.Granted.SetResult(true);
        }
    }

    private void Remember(Guid ticket)
    {
        if (!_left.Add(ticket)) return;
        _leftInOrder.Enqueue(ticket);
        if (_leftInOrder.Count > Remembered) _left.Remove(_leftInOrder.Dequeue());
    }

    private void Grant(Guid ticket)
    {
        _holder = ticket;
        _expiry = time.CreateTimer(_ => Leave(ticket), null, HoldLimit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null where it does not wait: it was granted meanwhile, or has left.</summary>
    private TaskCompletionSource<bool>? Withdraw(Guid ticket)
    {
        lock (_lock)
        {
            for (var node = _waiting.First; node is not null; node = node.Next)
            {
                if (node.Value.Ticket != ticket) continue;
                _waiting.Remove(node);
                return node.Value.Granted;
            }

            return null;
        }
    }
}
