using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Evergrain.Gateway.Cluster;

/// <summary>Answer of GET /v1/cluster: the cluster as this gateway sees it.</summary>
internal sealed record ClusterAnswer
{
    [Description("The gateway that answered.")]
    public required string Gateway { get; init; }

    [Description("cluster.id of the YAML.")]
    public required string Cluster { get; init; }

    [Description("healthy: every silo takes calls; degraded: some do, or the membership database is away; down: none does.")]
    public required string State { get; init; }

    [Description("Why it is not healthy, in sentences; empty where it is.")]
    public required IReadOnlyList<string> Reasons { get; init; }

    [Description("True where silos that take calls serve different models: while a model is changed, or where a silo was forgotten.")]
    public required bool ModelsDiffer { get; init; }

    [Description("Every silo that this gateway knows, reached or not.")]
    public required IReadOnlyList<SiloAnswer> Silos { get; init; }

    [Description("What the silos' membership views hold between them, living ones first.")]
    public required IReadOnlyList<MemberAnswer> Members { get; init; }

    [Description("The last decisions of the pick policy, newest first.")]
    public required IReadOnlyList<PickAnswer> RecentPicks { get; init; }
}

/// <summary>One silo. What only its reports tell is left out until it has reported.</summary>
internal sealed record SiloAnswer
{
    [Description("Its name in the YAML, or its endpoint where the YAML does not name it and it has not reported.")]
    public required string Name { get; init; }

    [Description("host:port of its Orleans client port.")]
    public required string Endpoint { get; init; }

    [Description("Which start of that silo; grows from start to start.")]
    public int? BootId { get; init; }

    [Description("What it says of itself: starting, ready, draining or failed; unknown before its first report.")]
    public required string State { get; init; }

    [Description("Why it is not ready, in its own words.")]
    public string? Reason { get; init; }

    public required bool Connected { get; init; }

    [Description("Connected, but its reports do not come.")]
    public required bool Suspect { get; init; }

    [Description("Out of rotation for a while after failures.")]
    public required bool Ejected { get; init; }

    [Description("Share of its normal part that it gets, 0 to 1; below 1 while it comes back slowly.")]
    public required double Warmth { get; init; }

    [Description("How much later than predicted it answers, in milliseconds.")]
    public required double LagMs { get; init; }

    [Description("Milliseconds since its last report.")]
    public double? ReportAgeMs { get; init; }

    [Description("Tokens waiting in its queue.")]
    public long? QueuedTokens { get; init; }

    [Description("Texts on the silo, from every gateway, queued ones included.")]
    public int? InFlight { get; init; }

    [Description("Calls of this gateway in flight there.")]
    public required int InFlightFromThisGateway { get; init; }

    [Description("Texts that it has answered to this gateway since the gateway started.")]
    public required long AnsweredToThisGateway { get; init; }

    [Description("Tokens per second that it gets through when it is busy.")]
    public double? DrainRate { get; init; }

    [Description("Predicted rest of the batch that is running, in milliseconds.")]
    public double? RestOfBatchMs { get; init; }

    [Description("Share of the device's time in use, 0 to 1.")]
    public double? DeviceLoad { get; init; }

    [Description("Share of the device's memory in use, 0 to 1.")]
    public double? DeviceMemory { get; init; }

    public ModelAnswer? Model { get; init; }

    [Description("Seconds since the membership database last answered this silo; left out while it does.")]
    public double? MembershipAwaySeconds { get; init; }
}

/// <summary>The model that a silo serves.</summary>
internal sealed record ModelAnswer
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    [Description("sha256 over the package's files: equal hashes mean equal answers.")]
    public required string Hash { get; init; }
}

/// <summary>One start of a silo in the membership table.</summary>
internal sealed record MemberAnswer
{
    public required string Silo { get; init; }

    public required int BootId { get; init; }

    [Description("Host or address that clients connect to.")]
    public required string Host { get; init; }

    [Description("Orleans client port; 0 where unknown.")]
    public required int GatewayPort { get; init; }

    [Description("True where membership declared this start dead: nothing is sent there any more.")]
    public required bool Dead { get; init; }
}

/// <summary>One decision of the pick policy.</summary>
internal sealed record PickAnswer
{
    public required DateTimeOffset At { get; init; }

    [Description("Estimated tokens of the call.")]
    public required long Tokens { get; init; }

    [Description("The silo that got it; left out where none could.")]
    public string? Silo { get; init; }

    [Description("earliest_finish, tie, fewest_queued, fail_open or no_silo.")]
    public required string Reason { get; init; }

    [Description("The decision as a sentence, for people.")]
    public required string Why { get; init; }

    [Description("True for the second copy of a call that was late.")]
    public required bool Hedge { get; init; }

    [Description("What was known of each silo at that moment.")]
    public required IReadOnlyList<CandidateAnswer> Candidates { get; init; }
}

/// <summary>A silo as a decision saw it.</summary>
internal sealed record CandidateAnswer
{
    public required string Silo { get; init; }

    [Description("eligible, or the first reason why not.")]
    public required string State { get; init; }

    [Description("When it would have answered, in milliseconds.")]
    public required double PredictedFinishMs { get; init; }

    [Description("True where its load or queue put it behind the others.")]
    public required bool Hot { get; init; }
}

/// <summary>One entry of the timeline: the data of GET /v1/cluster/events, and of webhooks in the format json.</summary>
internal sealed record EventAnswer
{
    [Description("gateway:start:number. Give it back as Last-Event-ID or ?after= to go on behind it.")]
    public required string Id { get; init; }

    public required DateTimeOffset At { get; init; }

    [Description("joined, ready, lost, suspected, trusted, failover, ejected, readmitted, draining, failed, starting, evicted, left, poison_refused, "
        + "database_lost or database_back.")]
    public required string Kind { get; init; }

    [Description("The silo's name in the YAML; empty where none is meant.")]
    public required string Silo { get; init; }

    [Description("Which start of that silo; 0 where unknown.")]
    public required int BootId { get; init; }

    [Description("Why, in a few words.")]
    public required string Cause { get; init; }

    [Description("What was seen. Never any text of a caller.")]
    public required string Evidence { get; init; }

    [Description("Calls in flight there when it happened.")]
    public required int InFlight { get; init; }

    [Description("The gateway that saw it.")]
    public required string Gateway { get; init; }
}

/// <summary>Body of a webhook in the format json.</summary>
internal sealed record WebhookEvents
{
    public required string Cluster { get; init; }

    public required string Gateway { get; init; }

    public required string Title { get; init; }

    public required IReadOnlyList<EventAnswer> Events { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClusterAnswer))]
[JsonSerializable(typeof(EventAnswer))]
[JsonSerializable(typeof(IReadOnlyList<EventAnswer>))]
[JsonSerializable(typeof(WebhookEvents))]
internal sealed partial class ClusterJson : JsonSerializerContext;
