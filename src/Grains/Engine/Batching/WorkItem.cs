namespace Evergrain.Engine.Batching;

/// <summary>One text in the queue.</summary>
internal sealed record WorkItem(PredictCall Call, int Index, int[] Ids, bool Truncated)
{
    /// <summary>Ends this text with a prediction or its own error.</summary>
    public void Complete(TextResult result, TimeSpan queued, TimeSpan ran)
        => Call.Complete(Index, result with { Tokens = Ids.Length, Truncated = Truncated }, queued, ran);
}
