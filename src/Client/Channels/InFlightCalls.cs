namespace Evergrain.Client.Channels;

/// <summary>One call under way on a silo.</summary>
internal sealed class InFlightCall(long tokens)
{
    private volatile bool _connectionClosed;
    private volatile bool _mayHaveRun;

    public long Tokens { get; } = tokens;

    /// <summary>The connection closed while it was under way.</summary>
    public bool ConnectionClosed => _connectionClosed;

    /// <summary>It was old enough by then to have been in the running batch.</summary>
    public bool MayHaveRun => _mayHaveRun;

    internal InFlightCall? Previous { get; set; }

    internal InFlightCall? Next { get; set; }

    internal void MarkClosed(bool mayHaveRun)
    {
        // In this order: whoever sees the second sees the first.
        _mayHaveRun = mayHaveRun;
        _connectionClosed = true;
    }
}

/// <summary>The calls under way on a silo, oldest first.</summary>
internal sealed class InFlightCalls
{
    private readonly Lock _lock = new();
    private InFlightCall? _oldest;
    private InFlightCall? _newest;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Tokens of the calls that may have been in a running batch when the connection closed: the batches that ran, and as many again,
    /// because one may just have ended and another begun.</summary>
    /// <param name="configured">Padded tokens of the silo's batches, as far as this client was told.</param>
    /// <param name="reported">As the silo reported it: a batch of each slot. Null where it never did.</param>
    public static long SuspectTokens(int configured, int? reported) => 2L * Math.Max(configured, reported ?? 0);

    public InFlightCall Add(long tokens)
    {
        var call = new InFlightCall(tokens);
        lock (_lock)
        {
            call.Previous = _newest;
            if (_newest is null) _oldest = call;
            else _newest.Next = call;
            _newest = call;
            _count++;
        }

        return call;
    }

    public void Remove(InFlightCall call)
    {
        lock (_lock)
        {
            if (call.Previous is null) _oldest = call.Next;
            else call.Previous.Next = call.Next;
            if (call.Next is null) _newest = call.Previous;
            else call.Next.Previous = call.Previous;
            _count--;
        }
    }

    /// <summary>The connection closed; has to be said before the calls are cancelled.</summary>
    /// <param name="suspectTokens">The oldest calls of up to so many tokens may have been in the running batch; what came after them was queued.
    /// A silo takes its queue in order (but for length), so this is never far off.</param>
    /// <returns>How many were under way.</returns>
    public int MarkClosed(long suspectTokens)
    {
        lock (_lock)
        {
            var before = 0L;
            for (var call = _oldest; call is not null; call = call.Next)
            {
                call.MarkClosed(mayHaveRun: before < suspectTokens);
                before += call.Tokens;
            }

            return _count;
        }
    }
}
