using System.Collections.Immutable;

namespace Evergrain;

/// <summary>The answer to one <see cref="PredictRequest"/>: either a refusal of the whole call or one result per text.</summary>
[GenerateSerializer, Immutable, Alias("evergrain.PredictReply")]
public sealed record PredictReply
{
    /// <summary>One per text, in order. Empty where <see cref="Refusal"/> is set.</summary>
    [Id(0)] public ImmutableArray<TextResult> Results { get; init; } = [];

    /// <summary>Why the silo took none of it; null where it did.</summary>
    [Id(1)] public Refusal? Refusal { get; init; }

    /// <summary>The model that answered.</summary>
    [Id(2)] public required ModelIdentity Model { get; init; }

    /// <summary>Where the time went on the silo.</summary>
    [Id(3)] public Timings Timings { get; init; }

    /// <summary>The silo's load as the reply left.</summary>
    [Id(4)] public required LoadReport Load { get; init; }
}

/// <summary>A whole call refused by a silo. Returned, not thrown: an exception costs far more than a reply, and refusals come
/// when there is no time to spare.</summary>
[GenerateSerializer, Immutable, Alias("evergrain.Refusal")]
public sealed record Refusal
{
    [Id(0)] public required ErrorCode Code { get; init; }

    /// <summary>What happened and what to change, without any text of the caller's.</summary>
    [Id(1)] public required string Detail { get; init; }

    /// <summary>Predicted time until there is room, where that is known.</summary>
    [Id(2)] public TimeSpan? RetryAfter { get; init; }
}

/// <summary>The answer to one text: a prediction, or an error that concerns this text alone.</summary>
[GenerateSerializer, Immutable, Alias("evergrain.TextResult")]
public sealed record TextResult
{
    /// <summary><see cref="ErrorCode.None"/> for a prediction.</summary>
    [Id(0)] public ErrorCode Error { get; init; }

    /// <summary>What happened, where <see cref="Error"/> is set.</summary>
    [Id(1)] public string? Detail { get; init; }

    /// <summary>Softmax over the logits, float [labels], in the order of <see cref="ModelIdentity.Labels"/>; sums to 1.</summary>
    [Id(2)] public ImmutableArray<float> Probabilities { get; init; } = [];

    /// <summary>Token ids the model saw, [CLS] and [SEP] included.</summary>
    [Id(3)] public int Tokens { get; init; }

    /// <summary>True where the text was longer than the model takes and its end was cut off.</summary>
    [Id(4)] public bool Truncated { get; init; }

    /// <summary>Index of the highest probability (the first of equals).</summary>
    public int LabelIndex
    {
        get
        {
            var best = 0;
            for (var i = 1; i < Probabilities.Length; i++)
            {
                if (Probabilities[i] > Probabilities[best]) best = i;
            }

            return best;
        }
    }
}

/// <summary>Where a call's time went on the silo.</summary>
[GenerateSerializer, Immutable, Alias("evergrain.Timings")]
public readonly record struct Timings
{
    /// <summary>Text to ids.</summary>
    [Id(0)] public TimeSpan Tokenize { get; init; }

    /// <summary>From queued until the last text's batch began.</summary>
    [Id(1)] public TimeSpan Queue { get; init; }

    /// <summary>The batch of the slowest text in the session.</summary>
    [Id(2)] public TimeSpan Inference { get; init; }
}

/// <summary>Which model a silo serves.</summary>
[GenerateSerializer, Immutable, Alias("evergrain.ModelIdentity")]
public sealed record ModelIdentity
{
    /// <summary>The identity of a silo that has no model (yet).</summary>
    public static ModelIdentity None { get; } = new() { Name = "", Version = "", Hash = "", Labels = [] };

    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required string Version { get; init; }

    /// <summary>sha256 over the package's files, lower-case hexadecimal: equal hashes mean equal answers.</summary>
    [Id(2)] public required string Hash { get; init; }

    /// <summary>Names of the labels in the API ("negative", "positive"), in logit order.</summary>
    [Id(3)] public required ImmutableArray<string> Labels { get; init; }
}
