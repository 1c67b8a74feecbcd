using System.Collections.Immutable;

namespace Evergrain.Client;

/// <summary>One text's row of a call: a prediction or an error of its own.</summary>
public sealed record Prediction
{
    /// <summary><see cref="ErrorCode.None"/> where there is an answer.</summary>
    public ErrorCode Error { get; init; }

    /// <summary>What happened, where <see cref="Error"/> is set.</summary>
    public string? Detail { get; init; }

    /// <summary>The likeliest label ("negative", "positive"); empty for an error.</summary>
    public string Label { get; init; } = "";

    /// <summary>Its probability, 0..1.</summary>
    public float Score { get; init; }

    /// <summary>Float [labels] in the order of <see cref="Model"/>'s labels; sums to 1.</summary>
    public ImmutableArray<float> Probabilities { get; init; } = [];

    /// <summary>Token ids the model saw, [CLS] and [SEP] included.</summary>
    public int Tokens { get; init; }

    /// <summary>True where the end of the text was cut off.</summary>
    public bool Truncated { get; init; }

    /// <summary>The model that answered.</summary>
    public ModelIdentity Model { get; init; } = ModelIdentity.None;

    /// <summary>The silo that answered, by its name in the YAML; empty for an error.</summary>
    public string ServedBy { get; init; } = "";

    internal static Prediction From(TextResult result, PredictReply reply, string servedBy)
    {
        var row = new Prediction { Error = result.Error, Detail = result.Detail, Model = reply.Model, ServedBy = servedBy };
        if (result.Error != ErrorCode.None) return row;
        var best = result.LabelIndex;
        return row with
        {
            Label = reply.Model.Labels[best],
            Score = result.Probabilities[best],
            Probabilities = result.Probabilities,
            Tokens = result.Tokens,
            Truncated = result.Truncated,
        };
    }
}

/// <summary>The answer to a call of several texts.</summary>
public sealed record PredictionBatch
{
    /// <summary>One per text, in order.</summary>
    public required ImmutableArray<Prediction> Rows { get; init; }

    /// <summary>The largest number of silos that one part of the call was sent to; 1 where nothing went wrong.</summary>
    public int Attempts { get; init; }

    /// <summary>Where the time of the slowest part went on its silo.</summary>
    public Timings Timings { get; init; }

    /// <summary>The silos that answered, each once.</summary>
    public ImmutableArray<string> ServedBy { get; init; } = [];

    /// <summary>Versions of the models that answered, each once.</summary>
    public ImmutableArray<string> ModelVersions { get; init; } = [];
}

/// <summary>A call of which nothing was answered.</summary>
public sealed class EvergrainException(ErrorCode code, string message, TimeSpan? retryAfter, int attempts) : Exception(message)
{
    public ErrorCode Code { get; } = code;

    /// <summary>When to try again, where that is known.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Silos that were asked.</summary>
    public int Attempts { get; } = attempts;
}

/// <summary>How to treat one call.</summary>
public sealed record PredictOptions
{
    /// <summary>The caller's time; null: <see cref="EvergrainClientOptions.Deadline"/>.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Bulk gives way to interactive calls.</summary>
    public Lane Lane { get; init; }

    /// <summary>Silos with different models may answer one call, as they do while the model is changed: more of them share the work.
    /// Each row names its model.</summary>
    public bool AllowMixedModels { get; init; }
}

/// <summary>What the client knows of a silo.</summary>
public sealed record SiloStatus
{
    /// <summary>Its name in the YAML, or its endpoint while it has not reported.</summary>
    public required string Name { get; init; }

    /// <summary>host:port of its Orleans client port.</summary>
    public required string Endpoint { get; init; }

    public required bool Connected { get; init; }

    public required bool Suspect { get; init; }

    /// <summary>Out of rotation for a while after failures.</summary>
    public bool Ejected { get; init; }

    /// <summary>Share of its normal part that it gets, 0..1: below 1 while it comes back slowly.</summary>
    public double Warmth { get; init; } = 1;

    /// <summary>How much later than predicted it answers.</summary>
    public TimeSpan Lag { get; init; }

    /// <summary>Age of its last report; null where there was none.</summary>
    public TimeSpan? ReportAge { get; init; }

    /// <summary>Its last report; null where there was none.</summary>
    public LoadReport? Report { get; init; }

    /// <summary>Calls of this client in flight there.</summary>
    public required int InFlight { get; init; }

    /// <summary>Texts that it has answered to this client since that started.</summary>
    public long Answered { get; init; }

    /// <summary>True where calls may go there.</summary>
    public bool Usable => Connected && !Suspect && Report?.State == SiloState.Ready;
}
