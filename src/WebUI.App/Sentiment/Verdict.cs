using Evergrain.WebUI.App.Gateways;

namespace Evergrain.WebUI.App.Sentiment;

/// <summary>What a person reads.</summary>
public enum Verdict
{
    Negative,
    Positive,

    /// <summary>The model's two probabilities are closer together than the margin: it does not know. No third class of the model.</summary>
    Uncertain,
}

/// <summary>What a model of two labels said of a text.</summary>
/// <param name="Positive">Probability of "positive", 0 to 1; that of "negative" is the rest.</param>
internal readonly record struct Mood(float Positive)
{
    public float Negative => 1 - Positive;

    /// <summary>Probability of the likelier label, 0.5 to 1.</summary>
    public float Confidence => MathF.Max(Positive, Negative);

    /// <param name="margin">Distance of the two probabilities below which nobody knows, 0 to 1.</param>
    public Verdict Of(float margin) => MathF.Abs(Positive - Negative) < margin ? Verdict.Uncertain : Positive >= Negative ? Verdict.Positive : Verdict.Negative;

    /// <summary>Null where the row has no answer, or the model other labels than ours.</summary>
    public static Mood? From(PredictRow row) => row.Probabilities?.TryGetValue("positive", out var positive) == true ? new Mood(positive) : null;
}
