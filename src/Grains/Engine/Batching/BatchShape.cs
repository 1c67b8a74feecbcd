namespace Evergrain.Engine.Batching;

/// <summary>Size of a batch that grows text by text. Padding is computed like any token, so a batch is only as good as its texts
/// are alike in length.</summary>
internal readonly record struct BatchShape(int Count, int Longest, int Tokens)
{
    /// <summary>What the device computes.</summary>
    public int PaddedTokens => Count * Longest;

    public BatchShape With(int tokens) => new(Count + 1, Math.Max(Longest, tokens), Tokens + tokens);

    /// <summary>True where a text of this length may join. The first always may: nothing could run it otherwise.</summary>
    public bool Takes(int tokens, BatchBudget budget)
    {
        var next = With(tokens);
        return Count == 0 || (next.PaddedTokens <= budget.Tokens && next.PaddedTokens <= next.Tokens * (1 + budget.Padding));
    }
}
