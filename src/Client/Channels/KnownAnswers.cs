using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Evergrain.Client.Channels;

/// <summary>
/// What silos answered to the channels' own probe, by model. A silo that comes back with the same model must answer the same: one that
/// answers something else is not used.
/// </summary>
internal sealed class KnownAnswers
{
    /// <summary>Rounding differs from device to device, and with what shares the batch.</summary>
    private const float Tolerance = 0.02f;

    private readonly ConcurrentDictionary<string, ImmutableArray<float>> _byModel = new();

    /// <summary>The first answer of a model is the known one from then on.</summary>
    /// <returns>What differs; null where nothing does.</returns>
    public string? Compare(ModelIdentity model, ImmutableArray<float> probabilities)
    {
        var known = _byModel.GetOrAdd(model.Hash, probabilities);
        if (known.Length != probabilities.Length) return $"{probabilities.Length} probabilities instead of {known.Length}";
        for (var i = 0; i < known.Length; i++)
        {
            if (!(Math.Abs(known[i] - probabilities[i]) <= Tolerance)) return $"probability {probabilities[i]:F3} instead of {known[i]:F3}";
        }

        return null;
    }
}
