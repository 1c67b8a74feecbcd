using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Evergrain.WebUI.App.Gateways;

/// <summary>Body of POST /v1/predict.</summary>
internal sealed record PredictBody(IReadOnlyList<string> Texts, bool AllowMixedModels);

/// <summary>Its answer.</summary>
internal sealed record PredictAnswer
{
    public ImmutableArray<PredictRow> Results { get; init; } = [];

    public string Version { get; init; } = "";

    public ImmutableArray<string> ServedBy { get; init; } = [];

    public int Attempts { get; init; }
}

/// <summary>One row: probabilities, or an error.</summary>
internal sealed record PredictRow
{
    public string? Label { get; init; }

    public ImmutableDictionary<string, float>? Probabilities { get; init; }

    public bool? Truncated { get; init; }

    public string? ServedBy { get; init; }

    public string? Version { get; init; }

    public RowProblem? Error { get; init; }
}

/// <summary>Why one row has no answer.</summary>
internal sealed record RowProblem(string Code, string Detail);

/// <summary>Problem details of a call that failed as a whole.</summary>
internal sealed record CallProblem(string? Code, string? Detail);

/// <summary>GET /v1/cluster: what the page shows of it.</summary>
internal sealed record ClusterView
{
    public string Gateway { get; init; } = "";

    public string State { get; init; } = "";

    public ImmutableArray<string> Reasons { get; init; } = [];

    public bool ModelsDiffer { get; init; }

    public ImmutableArray<SiloView> Silos { get; init; } = [];

    public ImmutableArray<PickView> RecentPicks { get; init; } = [];
}

/// <summary>A silo as one gateway sees it.</summary>
internal sealed record SiloView
{
    public string Name { get; init; } = "";

    public string State { get; init; } = "";

    public string? Reason { get; init; }

    public bool Connected { get; init; }

    public bool Suspect { get; init; }

    public bool Ejected { get; init; }

    public double Warmth { get; init; }

    public double LagMs { get; init; }

    public double? ReportAgeMs { get; init; }

    public long? QueuedTokens { get; init; }

    public int? InFlight { get; init; }

    public long AnsweredToThisGateway { get; init; }

    public double? DrainRate { get; init; }

    public double? DeviceLoad { get; init; }

    public double? DeviceMemory { get; init; }

    public ModelView? Model { get; init; }

    public double? MembershipAwaySeconds { get; init; }

    /// <summary>Takes calls, as far as this gateway knows.</summary>
    public bool Serves => Connected && !Suspect && !Ejected && State == "ready";
}

/// <summary>The model of a silo.</summary>
internal sealed record ModelView(string Name, string Version, string Hash);

/// <summary>Why a call went where it went.</summary>
internal sealed record PickView
{
    public DateTimeOffset At { get; init; }

    public string? Silo { get; init; }

    public string Why { get; init; } = "";

    public string Reason { get; init; } = "";

    public bool Hedge { get; init; }

    public ImmutableArray<CandidateView> Candidates { get; init; } = [];
}

/// <summary>A silo as a decision saw it.</summary>
internal sealed record CandidateView
{
    public string Silo { get; init; } = "";

    public string State { get; init; } = "";

    public double PredictedFinishMs { get; init; }

    public bool Hot { get; init; }
}

/// <summary>One entry of a gateway's timeline.</summary>
internal sealed record ClusterEvent
{
    public string Id { get; init; } = "";

    public DateTimeOffset At { get; init; }

    public string Kind { get; init; } = "";

    public string Silo { get; init; } = "";

    public int BootId { get; init; }

    public string Cause { get; init; } = "";

    public string Evidence { get; init; } = "";

    public int InFlight { get; init; }

    public string Gateway { get; init; } = "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PageSettings))]
[JsonSerializable(typeof(PredictBody))]
[JsonSerializable(typeof(PredictAnswer))]
[JsonSerializable(typeof(CallProblem))]
[JsonSerializable(typeof(ClusterView))]
[JsonSerializable(typeof(ClusterEvent))]
internal sealed partial class AnswerJson : JsonSerializerContext
{
    /// <summary>Chinese as it is: escaped, a text would be three times as long.</summary>
    public static AnswerJson Relaxed { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
