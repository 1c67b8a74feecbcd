using System.Collections.Immutable;
using Evergrain.Engine.Sessions;

namespace Evergrain.Engine.Batching;

/// <summary>
/// Runs batches in a session. A text that makes it throw, or that it answers with no number, fails alone; where the device had no memory for a batch, it runs in
/// halves. After every other error the session is asked its known answers first: if they are wrong, it is the device that fails and no text is blamed.
/// </summary>
/// <param name="session">Where.</param>
/// <param name="labels">Of its model.</param>
/// <param name="padId">Of its vocabulary.</param>
/// <param name="ask">Asks the session its known answers: what is wrong with them, null where nothing is.</param>
internal sealed class BatchRunner(IModelSession session, int labels, int padId, Func<string?> ask)
{
    private static readonly TimeSpan MemoryRetryAfter = TimeSpan.FromSeconds(1);

    private readonly PaddedBatch _batch = new(padId);

    // Of the last run: the session's own buffer is used again by the known answers.
    private ImmutableArray<float>[] _answers = [];

    /// <summary>Runs a batch. Each text is given to <paramref name="done"/> exactly once, as soon as it is known, unless the device fails or has no memory for it
    /// alone: then its call is told.</summary>
    public BatchEnd Run(IReadOnlyList<WorkItem> items, Action<WorkItem, TextResult> done)
    {
        var (again, error) = RunOnce(items, done);
        if (error is null) return BatchEnd.Good;
        if (error.NoMemory) return RunHalves(items, done);
        if (ask() is { } problem) return new BatchEnd(FirstTry: false, NoMemory: false, $"{error.Text}; then {problem}");
        if (again.Count < items.Count) Tell(items, done, again);
        if (items.Count == 1)
        {
            done(items[0], Failed(error.Text));
            return BatchEnd.Again;
        }

        return RunEach(again.Select(item => (IReadOnlyList<WorkItem>)[item]), done);
    }

    private BatchEnd RunHalves(IReadOnlyList<WorkItem> items, Action<WorkItem, TextResult> done)
    {
        if (items.Count > 1) return RunEach(items.Chunk((items.Count + 1) / 2), done) with { NoMemory = true };
        // Nothing is left to halve: this silo has no room for it now, another may.
        items[0].Call.Fail(new EngineOverloadedException(MemoryRetryAfter));
        return BatchEnd.Again with { NoMemory = true };
    }

    private BatchEnd RunEach(IEnumerable<IReadOnlyList<WorkItem>> parts, Action<WorkItem, TextResult> done)
    {
        var noMemory = false;
        foreach (var part in parts)
        {
            var end = Run(part, done);
            if (end.Problem is not null) return end;
            noMemory |= end.NoMemory;
        }

        return BatchEnd.Again with { NoMemory = noMemory };
    }

    /// <returns>The texts without an answer, and why; no error where there are none. With an error nothing was told yet.</returns>
    private (IReadOnlyList<WorkItem> Again, SessionError? Error) RunOnce(IReadOnlyList<WorkItem> items, Action<WorkItem, TextResult> done)
    {
        var texts = new int[items.Count][];
        for (var i = 0; i < texts.Length; i++) texts[i] = items[i].Ids;
        ReadOnlySpan<float> logits;
        try
        {
            _batch.Fill(texts);
            logits = session.Run(_batch);
            if (logits.Length != items.Count * labels)
            {
                throw new InvalidOperationException($"{logits.Length} logits for {items.Count} texts.");
            }
        }
        catch (Exception e)
        {
            return (items, SessionError.Of(e));
        }

        _answers = new ImmutableArray<float>[items.Count];
        List<WorkItem>? again = null;
        for (var i = 0; i < items.Count; i++)
        {
            _answers[i] = Softmax.Of(logits.Slice(i * labels, labels));
            if (_answers[i].IsEmpty) (again ??= []).Add(items[i]);
        }

        if (again is not null) return (again, SessionError.NotFinite);
        Tell(items, done, []);
        return ([], null);
    }

    private void Tell(IReadOnlyList<WorkItem> items, Action<WorkItem, TextResult> done, IReadOnlyList<WorkItem> except)
    {
        var (answers, next) = (_answers, 0);
        for (var i = 0; i < items.Count; i++)
        {
            if (next < except.Count && except[next] == items[i]) next++;
            else done(items[i], new TextResult { Probabilities = answers[i] });
        }
    }

    /// <summary>The session never sees a text, only ids, so its words cannot repeat one.</summary>
    private static TextResult Failed(string reason) => new() { Error = ErrorCode.InferenceFailed, Detail = $"The model failed on this text: {reason}" };
}

/// <summary>How a batch ended.</summary>
/// <param name="FirstTry">Every text was answered at once.</param>
/// <param name="NoMemory">The device had no memory for it.</param>
/// <param name="Problem">What is wrong with the device, where the known answers are wrong; its texts were not all told.</param>
internal readonly record struct BatchEnd(bool FirstTry, bool NoMemory, string? Problem)
{
    public static BatchEnd Good { get; } = new(FirstTry: true, NoMemory: false, null);

    public static BatchEnd Again { get; } = new(FirstTry: false, NoMemory: false, null);
}
