using System.Collections.Immutable;
using System.Globalization;

namespace Evergrain.Engine.Models;

/// <summary>A known answer and what a session said. The texts are the package's own, so they may be named.</summary>
/// <param name="Known">What it should say.</param>
/// <param name="Labels">API names in logit order.</param>
/// <param name="Logits">What it said.</param>
/// <param name="Probabilities">The same as probabilities; empty where a logit was not a finite number.</param>
/// <param name="Elapsed">Time in the session.</param>
public sealed record KnownAnswerResult(
    KnownAnswer Known, ImmutableArray<string> Labels, ImmutableArray<float> Logits, ImmutableArray<float> Probabilities, TimeSpan Elapsed)
{
    /// <summary>The label it said; empty where it said none.</summary>
    public string Label => Probabilities.IsEmpty ? "" : Labels[Probabilities.IndexOf(Probabilities.Max())];

    /// <summary>Greatest difference of a probability.</summary>
    public float Difference
        => Probabilities.IsEmpty ? float.PositiveInfinity : Probabilities.Zip(Known.Probabilities, (a, b) => Math.Abs(a - b)).Max();

    /// <summary>Greatest difference of a logit; null where the package does not say what they should be.</summary>
    public float? LogitDifference => Known.Logits.IsEmpty ? null : Logits.Zip(Known.Logits, (a, b) => Math.Abs(a - b)).Max();

    public bool IsRight => Label == Known.Label && Difference <= Known.Tolerance;

    public override string ToString()
        => Probabilities.IsEmpty
            ? $"'{Known.Text}' should be {Known.Label} ({Numbers(Known.Probabilities)}) and has no finite answer"
            : $"'{Known.Text}' should be {Known.Label} ({Numbers(Known.Probabilities)}) within {Known.Tolerance}"
                + $" and is {Label} ({Numbers(Probabilities)})";

    private static string Numbers(IEnumerable<float> numbers)
        => string.Join(", ", numbers.Select(number => number.ToString("F4", CultureInfo.InvariantCulture)));
}
