using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Evergrain.Client;

namespace Evergrain.Gateway.Http;

/// <summary>Body of POST /predict.</summary>
internal sealed record PredictBody
{
    [Description("The text, not blank."), DefaultValue("这个产品太棒了!")]
    public required string Text { get; init; }

    [Description("Where the text comes from, for the gateway's metrics: 1 to 64 ASCII letters, digits, '.', '-' or '_'."), RegularExpression(SourceTag.Pattern)]
    public string? Source { get; init; }
}

/// <summary>A line of POST /v1/predict/stream.</summary>
internal sealed record LineBody
{
    [Description("The text, not blank."), DefaultValue("这个产品太棒了!")]
    public required string Text { get; init; }
}

/// <summary>Body of POST /batch_predict.</summary>
internal sealed record BatchBody
{
    [Description("1 to 1,024 texts. A bad one is an error on its row.")]
    public required string[] Texts { get; init; }

    [Description("Where the texts come from, for the gateway's metrics: 1 to 64 ASCII letters, digits, '.', '-' or '_'."), RegularExpression(SourceTag.Pattern)]
    public string? Source { get; init; }
}

/// <summary>Body of POST /v1/predict.</summary>
internal sealed record RichBody
{
    [Description("1 to 1,024 texts. A bad one is an error on its row.")]
    public required string[] Texts { get; init; }

    [Description("Where the texts come from, for the gateway's metrics: 1 to 64 ASCII letters, digits, '.', '-' or '_'."), RegularExpression(SourceTag.Pattern)]
    public string? Source { get; init; }

    [Description("True: silos with different models may answer one call, as they do while the model is changed. Each row names its version.")]
    public bool AllowMixedModels { get; init; }
}

/// <summary>Answer of POST /predict.</summary>
internal sealed record PredictAnswer
{
    [Description("The likelier label: negative or positive.")]
    public required string Label { get; init; }

    [Description("Its probability, 0.5 to 1 for two labels.")]
    public required float Score { get; init; }
}

/// <summary>Why one row of a batch has no answer.</summary>
internal sealed record RowError
{
    public required string Code { get; init; }

    public required string Detail { get; init; }

    public static RowError From(Prediction row) => new() { Code = row.Error.ToName(), Detail = row.Detail ?? "" };
}

/// <summary>One row of POST /batch_predict: label and score, or error.</summary>
internal sealed record BatchRow
{
    public string? Label { get; init; }

    public float? Score { get; init; }

    public RowError? Error { get; init; }
}

/// <summary>Answer of POST /batch_predict.</summary>
internal sealed record BatchAnswer
{
    [Description("One row per text, in order.")]
    public required IReadOnlyList<BatchRow> Results { get; init; }
}

/// <summary>One row of POST /v1/predict and /v1/predict/stream.</summary>
internal sealed record RichRow
{
    public string? Label { get; init; }

    public float? Score { get; init; }

    [Description("Probability of each label.")]
    public IReadOnlyDictionary<string, float>? Probabilities { get; init; }

    [Description("Tokens the model saw.")]
    public int? Tokens { get; init; }

    [Description("True where the end of the text was cut off.")]
    public bool? Truncated { get; init; }

    [Description("The silo that answered.")]
    public string? ServedBy { get; init; }

    [Description("Version of the model that answered.")]
    public string? Version { get; init; }

    public RowError? Error { get; init; }

    public static RichRow From(Prediction row) => row.Error != ErrorCode.None
        ? new RichRow { Error = RowError.From(row) }
        : new RichRow
        {
            Label = row.Label,
            Score = row.Score,
            Probabilities = row.Model.Labels.Zip(row.Probabilities).ToDictionary(p => p.First, p => p.Second),
            Tokens = row.Tokens,
            Truncated = row.Truncated,
            ServedBy = row.ServedBy,
            Version = row.Model.Version,
        };
}

/// <summary>Answer of POST /v1/predict.</summary>
internal sealed record RichAnswer
{
    public required IReadOnlyList<RichRow> Results { get; init; }

    [Description("Name of the model.")]
    public required string Model { get; init; }

    [Description("Its version.")]
    public required string Version { get; init; }

    [Description("The silos that answered.")]
    public required IReadOnlyList<string> ServedBy { get; init; }

    [Description("Silos asked for one part of the call; 1 where nothing went wrong.")]
    public required int Attempts { get; init; }

    public required RichTimings Timings { get; init; }
}

/// <summary>Where the time went, in milliseconds.</summary>
internal sealed record RichTimings
{
    public required double TotalMs { get; init; }

    public required double TokenizeMs { get; init; }

    public required double QueueMs { get; init; }

    public required double InferenceMs { get; init; }
}

/// <summary>Answer of the health calls.</summary>
internal sealed record HealthAnswer
{
    public required string Status { get; init; }

    public string? Cluster { get; init; }

    public string? Name { get; init; }

    public string? Reason { get; init; }
}

/// <summary>RFC 9457 problem details with our code.</summary>
internal sealed record Problem
{
    public string Type { get; init; } = "about:blank";

    public required string Title { get; init; }

    public required int Status { get; init; }

    public required string Detail { get; init; }

    [Description("One of the codes in the API's documentation.")]
    public required string Code { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DictionaryKeyPolicy = JsonKnownNamingPolicy.Unspecified,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PredictBody))]
[JsonSerializable(typeof(LineBody))]
[JsonSerializable(typeof(BatchBody))]
[JsonSerializable(typeof(RichBody))]
[JsonSerializable(typeof(PredictAnswer))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(RichAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ApiJson : JsonSerializerContext;
