using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Evergrain.Silo.Lifecycle;
using Evergrain.Silo.Telemetry;

namespace Evergrain.Silo.Admin;

/// <summary>Answer of /health/live: which process it is, so that a supervisor knows its own from another's on the same port.</summary>
internal sealed record LiveAnswer(string Status, string Cluster, string Name);

/// <summary>Answer of /health/ready.</summary>
internal sealed record ReadyAnswer(string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason)
{
    public static ReadyAnswer Of(SiloCondition condition) => new(Names.Of(condition.State), condition.Reason);
}

/// <summary>Answer of /status.</summary>
internal sealed record StatusAnswer(
    string Name, string State, string? Reason, int BootId, LoadAnswer Load, ModelAnswer Model, ImmutableArray<MemberAnswer> Members,
    MembershipAnswer Membership, TelemetryAnswer Telemetry)
{
    public static StatusAnswer Of(
        LoadReport report, string modelPath, ImmutableArray<MemberView> members, string? membershipError, TelemetryAnswer telemetry) => new(
        report.Silo,
        Names.Of(report.State),
        report.Reason,
        report.BootId,
        new(
            report.QueuedTokens, report.InFlight, report.DrainRate, report.RestOfBatch.TotalMilliseconds, report.DeviceLoad,
            report.DeviceMemory),
        new(report.Model.Name, report.Model.Version, report.Model.Hash, report.Model.Labels, modelPath),
        [.. members.Select(m => new MemberAnswer(m.Silo, m.BootId, m.Host, m.GatewayPort, m.Dead))],
        report.MembershipAway is { } away ? new("away", Math.Round(away.TotalSeconds, 1), membershipError) : new("ok", null, null),
        telemetry);
}

/// <summary>Tokens per second, milliseconds and shares of 0..1.</summary>
internal sealed record LoadAnswer(
    long QueuedTokens, int InFlight, double DrainRate, double RestOfBatchMs, double DeviceLoad, double DeviceMemory);

internal sealed record ModelAnswer(string Name, string Version, string Hash, ImmutableArray<string> Labels, string Path);

internal sealed record MemberAnswer(string Name, int BootId, string Host, int GatewayPort, bool Dead);

/// <summary>Whether the membership database answers this silo: "ok" or "away", and then for how long it has not.</summary>
internal sealed record MembershipAnswer(string State, double? AwaySeconds, string? Error);

/// <summary>Answer of /drain and /undrain: the state, and the calls that are still inside.</summary>
internal sealed record DrainAnswer(string State, int InFlight);

/// <summary>Why something was not done.</summary>
internal sealed record ErrorAnswer(string Error);

/// <summary>Names of enum members as the API spells them.</summary>
internal static class Names
{
    public static string Of(SiloState state) => state switch
    {
        SiloState.Starting => "starting",
        SiloState.Ready => "ready",
        SiloState.Draining => "draining",
        SiloState.Failed => "failed",
        _ => "unknown",
    };

    /// <summary>Whether all is known that the devices should say: "ok" or "unknown".</summary>
    public static string OfTelemetry(DeviceSample sample) => sample.Problem is null ? "ok" : "unknown";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LiveAnswer))]
[JsonSerializable(typeof(ReadyAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(DrainAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(UseModel))]
[JsonSerializable(typeof(ModelUsed))]
internal sealed partial class AdminJson : JsonSerializerContext;
