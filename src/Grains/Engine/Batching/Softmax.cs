using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Evergrain.Engine.Batching;

/// <summary>Logits to probabilities.</summary>
internal static class Softmax
{
    /// <summary>Probabilities that sum to 1; empty where a logit is not a finite number.</summary>
    public static ImmutableArray<float> Of(ReadOnlySpan<float> logits)
    {
        var highest = float.NegativeInfinity;
        foreach (var logit in logits)
        {
            if (!float.IsFinite(logit)) return [];
            highest = Math.Max(highest, logit);
        }

        // In double and less the highest: neither overflow nor a sum that misses 1 by what float rounds off.
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp((double)logit - highest);
        var probabilities = new float[logits.Length];
        for (var i = 0; i < logits.Length; i++) probabilities[i] = (float)(Math.Exp((double)logits[i] - highest) / sum);
        return ImmutableCollectionsMarshal.AsImmutableArray(probabilities);
    }
}
