using System.Text.Json.Serialization;

namespace Evergrain.Cli.Drill.Judging;

/// <summary>An entry of a gateway's <c>GET /v1/cluster/events</c>.</summary>
internal sealed record GatewayEvent
{
    /// <summary>gateway:start:number.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="GatewayEvents"/>.</summary>
    public required string Kind { get; init; }

    public required string Silo { get; init; }

    [JsonPropertyName("boot_id")]
    public int BootId { get; init; }

    public string Cause { get; init; } = "";

    public string Evidence { get; init; } = "";

    [JsonPropertyName("in_flight")]
    public int InFlight { get; init; }

    /// <summary>Whose event it is; not part of the answer.</summary>
    [JsonIgnore]
    public string Gateway { get; init; } = "";
}

/// <summary>Kinds of events as the API spells them.</summary>
internal static class GatewayEvents
{
    public const string Ready = "ready";
    public const string Lost = "lost";
    public const string Suspected = "suspected";
    public const string Trusted = "trusted";
    public const string Failover = "failover";
    public const string Ejected = "ejected";
    public const string Readmitted = "readmitted";
    public const string Draining = "draining";
    public const string Failed = "failed";
    public const string Evicted = "evicted";
    public const string Hot = "hot";
    public const string Cool = "cool";
    public const string PoisonRefused = "poison_refused";
    public const string DatabaseLost = "database_lost";
    public const string DatabaseBack = "database_back";
}
