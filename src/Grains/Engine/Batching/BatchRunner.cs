using Evergrain.Engine.Sessions;

namespace Evergrain.Engine.Batching;

/// <summary>Runs batches in a session. A text that makes it throw, or that it answers with no number, fails alone.</summary>
internal sealed class BatchRunner(IModelSession session, int labels, int padId)
{
    private const int LongestReason = 300;

    private readonly PaddedBatch _batch = new(padId);

    /// <summary>Runs a batch; each text is given to <paramref name="done"/> exactly once, as soon as it is known.</summary>
    /// <returns>True where every text was answered at the first try.</returns>
    public bool Run(IReadOnlyList<WorkItem> items, Action<WorkItem, TextResult> done)
    {
        var again = RunOnce(items, done, out var reason);
        if (again.Count == 0) return true;
        if (items.Count == 1)
        {
            done(items[0], Failed(reason));
            return false;
        }

        foreach (var item in again) Run([item], done);
        return false;
    }

    private IReadOnlyList<WorkItem> RunOnce(IReadOnlyList<WorkItem> items, Action<WorkItem, TextResult> done, out string reason)
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
            reason = $"{e.GetType().Name}: {e.Message.Split('\n')[0].Trim()}";
            return items;
        }

        reason = "a logit is not a finite number";
        List<WorkItem>? again = null;
        for (var i = 0; i < items.Count; i++)
        {
            var probabilities = Softmax.Of(logits.Slice(i * labels, labels));
            if (probabilities.IsEmpty)
            {
                (again ??= []).Add(items[i]);
            }
            else
            {
                done(items[i], new TextResult { Probabilities = probabilities });
            }
        }

        return again ?? [];
    }

    /// <summary>The session never sees a text, only ids, so its words cannot repeat one.</summary>
    private static TextResult Failed(string reason) => new()
    {
        Error = ErrorCode.InferenceFailed,
        Detail = $"The model failed on this text: {(reason.Length > LongestReason ? reason[..LongestReason] : reason)}",
    };
}
