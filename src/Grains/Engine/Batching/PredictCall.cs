using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Evergrain.Engine.Batching;

/// <summary>One call: its texts ride in any number of batches on any slot, and its task ends with the last of them.</summary>
internal sealed class PredictCall(int texts, Lane lane, TimeSpan tokenize, long enqueued, long deadline)
{
    // Asynchronous continuations: results are set on a slot's thread, which must go on to the next batch.
    private readonly TaskCompletionSource<EngineAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TextResult[] _results = new TextResult[texts];
    private readonly Lock _gate = new();
    private int _left = texts;
    private TimeSpan _queued;
    private TimeSpan _ran;

    public Lane Lane { get; } = lane;

    /// <summary>The trace that it belongs to; default where it is not traced.</summary>
    public ActivityContext Trace { get; } = Activity.Current is { Recorded: true } current ? current.Context : default;

    /// <summary>Timestamp at which it was queued.</summary>
    public long Enqueued { get; } = enqueued;

    /// <summary>Timestamp after which what is still queued is dropped.</summary>
    public long Deadline { get; } = deadline;

    public Task<EngineAnswer> Answer => _answer.Task;

    /// <summary>True once it was answered, cancelled or failed: nobody waits for what is left of it.</summary>
    public bool IsOver => _answer.Task.IsCompleted;

    /// <summary>Tokens of its texts that are still queued, by <see cref="LengthBucket"/>. Belongs to the queue's lock.</summary>
    public long[] QueuedTokens { get; } = new long[LengthBucket.Count];

    public void Complete(int index, TextResult result, TimeSpan queued, TimeSpan ran)
    {
        lock (_gate)
        {
            _results[index] = result;
            if (queued > _queued) _queued = queued;
            if (ran > _ran) _ran = ran;
            if (--_left > 0) return;
        }

        var timings = new Timings { Tokenize = tokenize, Queue = _queued, Inference = _ran };
        _answer.TrySetResult(new EngineAnswer(ImmutableCollectionsMarshal.AsImmutableArray(_results), timings));
    }

    public void Cancel(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);

    public void Fail(Exception exception) => _answer.TrySetException(exception);
}
