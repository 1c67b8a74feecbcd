namespace Evergrain.Engine.Batching;

/// <summary>The texts that wait, for all slots of the engine: interactive ones first, oldest first within a lane.</summary>
internal sealed class BatchQueue(TimeProvider time)
{
    /// <summary>Texts of one lane that a batch looks through for ones of its length.</summary>
    private const int LookAhead = 512;

    /// <summary>While interactive texts keep coming, bulk still gets one batch in this time, so that a file ends some day.</summary>
    private static readonly TimeSpan BulkPatience = TimeSpan.FromSeconds(1);

    /// <summary>Predicted length of a bulk batch while people wait: each may have to wait for one.</summary>
    private const double BulkSeconds = 0.004;

    /// <summary>People wait where the last interactive text came so lately.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(1);

    private static readonly TextResult DeadlinePassed = new()
    {
        Error = ErrorCode.DeadlineExceeded,
        Detail = "The deadline passed while the text was queued.",
    };

    // Monitor, not Lock: slots wait on it for work.
    private readonly object _gate = new();
    private readonly LinkedList<WorkItem> _interactive = new();
    private readonly LinkedList<WorkItem> _bulk = new();
    private readonly long[] _interactiveTokens = new long[LengthBucket.Count];
    private readonly long[] _bulkTokens = new long[LengthBucket.Count];
    private long _bulkServed;
    private long? _interactiveCame;
    private bool _closed;

    /// <summary>Queued tokens; lock-free.</summary>
    public long Tokens
    {
        get
        {
            var sum = 0L;
            for (var bucket = 0; bucket < LengthBucket.Count; bucket++)
                sum += Volatile.Read(ref _interactiveTokens[bucket]) + Volatile.Read(ref _bulkTokens[bucket]);
            return sum;
        }
    }

    /// <summary>Predicted time of the texts that go before a new one of this lane; lock-free.</summary>
    /// <param name="lane">The new one's.</param>
    /// <param name="rateOf">Tokens per second for texts of a <see cref="LengthBucket"/>.</param>
    public double SecondsAhead(Lane lane, Func<int, double> rateOf)
    {
        var seconds = 0.0;
        for (var bucket = 0; bucket < LengthBucket.Count; bucket++)
        {
            var tokens = Volatile.Read(ref _interactiveTokens[bucket]);
            if (lane == Lane.Bulk) tokens += Volatile.Read(ref _bulkTokens[bucket]);
            if (tokens > 0) seconds += tokens / Math.Max(rateOf(bucket), 1);
        }

        return seconds;
    }

    /// <summary>Queues the texts of one call.</summary>
    /// <param name="items">All of one call, in order.</param>
    /// <param name="retryAfter">Says how long there is no room for them; null for room. Asked under the lock, so that callers who
    /// come together cannot fill the queue far beyond its limit.</param>
    /// <exception cref="EngineOverloadedException">There is no room.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public void Add(IReadOnlyList<WorkItem> items, Func<IReadOnlyList<WorkItem>, TimeSpan?> retryAfter)
    {
        var call = items[0].Call;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IInferenceEngine));
            if (retryAfter(items) is { } wait) throw new EngineOverloadedException(wait);
            if (call.Lane != Lane.Bulk) _interactiveCame = call.Enqueued;
            var queue = call.Lane == Lane.Bulk ? _bulk : _interactive;
            foreach (var item in items)
            {
                queue.AddLast(item);
                Count(item, 1);
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Cancels a call. Its texts stay in the list until they are met, but no longer count as work.</summary>
    public void Cancel(PredictCall call, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            call.Cancel(cancellationToken);
            var tokens = call.Lane == Lane.Bulk ? _bulkTokens : _interactiveTokens;
            for (var bucket = 0; bucket < LengthBucket.Count; bucket++)
            {
                Volatile.Write(ref tokens[bucket], tokens[bucket] - call.QueuedTokens[bucket]);
                call.QueuedTokens[bucket] = 0;
            }
        }
    }

    /// <summary>Waits for work and takes a batch of one lane.</summary>
    /// <param name="rate">Tokens per second of the slot that takes it.</param>
    /// <param name="budget">Of its batches.</param>
    /// <param name="patience">How long to wait.</param>
    /// <returns>Null once the queue is closed; empty where no work came in time.</returns>
    public List<WorkItem>? Take(double rate, BatchBudget budget, TimeSpan patience)
    {
        lock (_gate)
        {
            while (!_closed)
            {
                // A lane may turn out to hold nothing but texts that nobody waits for any more; then the other has its turn.
                var bulkFirst = BulkIsDue();
                if (TakeFrom(bulkFirst ? _bulk : _interactive, rate, budget) is { } batch) return batch;
                if (TakeFrom(bulkFirst ? _interactive : _bulk, rate, budget) is { } other) return other;
                if (_interactive.Count + _bulk.Count == 0 && !Monitor.Wait(_gate, patience)) return [];
            }

            return null;
        }
    }

    /// <summary>Wakes every slot and takes no more.</summary>
    /// <returns>The calls that were still queued.</returns>
    public IReadOnlyCollection<PredictCall> Close()
    {
        lock (_gate)
        {
            _closed = true;
            PredictCall[] left = [.. _interactive.Concat(_bulk).Select(item => item.Call).Distinct()];
            _interactive.Clear();
            _bulk.Clear();
            foreach (var lane in new[] { _interactiveTokens, _bulkTokens })
            {
                for (var bucket = 0; bucket < LengthBucket.Count; bucket++) Volatile.Write(ref lane[bucket], 0);
            }

            foreach (var call in left) Array.Clear(call.QueuedTokens);
            Monitor.PulseAll(_gate);
            return left;
        }
    }

    private bool BulkIsDue()
        => _bulk.First is { } oldest && _interactive.Count > 0
            && time.GetElapsedTime(Math.Max(_bulkServed, oldest.Value.Call.Enqueued)) >= BulkPatience;

    private List<WorkItem>? TakeFrom(LinkedList<WorkItem> queue, double rate, BatchBudget budget)
    {
        List<WorkItem>? batch = null;
        var shape = default(BatchShape);
        var now = time.GetTimestamp();
        var people = _interactiveCame is { } came && time.GetElapsedTime(came, now) < Lately;
        var room = queue == _bulk && people ? budget with { Tokens = Math.Min(budget.Tokens, (int)(rate * BulkSeconds)) } : budget;
        var node = queue.First;
        for (var looked = 0; node is not null && looked < LookAhead; looked++)
        {
            var (item, next) = (node.Value, node.Next);
            if (item.Call.IsOver)
            {
                queue.Remove(node);
            }
            else if (item.Call.Deadline <= now)
            {
                Remove(node);
                item.Complete(DeadlinePassed, time.GetElapsedTime(item.Call.Enqueued, now), TimeSpan.Zero);
            }
            else if (item.Call.Lane == Lane.Alone && batch is null)
            {
                Remove(node);
                return [item];
            }
            else if (item.Call.Lane != Lane.Alone && shape.Takes(item.Ids.Length, room))
            {
                Remove(node);
                shape = shape.With(item.Ids.Length);
                (batch ??= []).Add(item);
            }

            node = next;
        }

        if (batch is not null && batch[0].Call.Lane == Lane.Bulk) _bulkServed = now;
        return batch;
    }

    private void Remove(LinkedListNode<WorkItem> node)
    {
        node.List!.Remove(node);
        Count(node.Value, -1);
    }

    /// <summary>Adds a text to what is queued (1) or takes it away (-1). Under the lock; volatile for the readers without it.</summary>
    private void Count(WorkItem item, int sign)
    {
        var (call, bucket) = (item.Call, LengthBucket.Of(item.Ids.Length));
        var lane = call.Lane == Lane.Bulk ? _bulkTokens : _interactiveTokens;
        Volatile.Write(ref lane[bucket], lane[bucket] + (sign * item.Ids.Length));
        call.QueuedTokens[bucket] += sign * item.Ids.Length;
    }
}
