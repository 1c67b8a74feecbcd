using System.Collections.Immutable;

namespace Evergrain.Client.Dispatching;

/// <summary>Tokens of a text without its vocabulary: Chinese is about a token a character, and a package takes at most a few
/// hundred. Only used to weigh calls against each other and to cut batches.</summary>
internal static class TokenEstimate
{
    /// <summary>The longest input of a BERT.</summary>
    private const int Most = 512;

    /// <summary>[CLS] and [SEP].</summary>
    private const int Frame = 2;

    public static int Of(string text) => Math.Min(text.Length + Frame, Most);

    /// <summary>Sum over <paramref name="texts"/>.</summary>
    public static long Of(ImmutableArray<string> texts)
    {
        var sum = 0L;
        foreach (var text in texts) sum += Of(text);
        return sum;
    }
}
