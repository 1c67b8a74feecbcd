using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Evergrain.Silo.Lifecycle;

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
    string Name, string State, string? Reason, int BootId, LoadAnswer Load, ModelAnswer Model, ImmutableArray<MemberAnswer> Members)
{
    public static StatusAnswer Of(LoadReport report, ImmutableArray<MemberView> members) => new(
        report.Silo,
        Names.Of(report.State),
        report.Reason,
        report.BootId,
        new(
            report.QueuedTokens, report.InFlight, report.DrainRate, report.RestOfBatch.TotalMilliseconds, report.DeviceLoad,
            report.DeviceMemory),
        new(report.Model.Name, report.Model.Version, report.Model.Hash, report.Model.Labels),
        [.. members.Select(m => new MemberAnswer(m.Silo, m.BootId, m.Host, m.GatewayPort, m.Dead))]);
}

/// <summary>Tokens per second, milliseconds and shares of 0..1.</summary>
internal sealed record LoadAnswer(
    long QueuedTokens, int InFlight, double DrainRate, double RestOfBatchMs, double DeviceLoad, double DeviceMemory);

internal sealed record ModelAnswer(string Name, string Version, string Hash, ImmutableArray<string> Labels);

internal sealed record MemberAnswer(string Name, int BootId, string Host, int GatewayPort, bool Dead);

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
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LiveAnswer))]
[JsonSerializable(typeof(ReadyAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
internal sealed partial class AdminJson : JsonSerializerContext;
