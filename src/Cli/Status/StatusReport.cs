using System.Text.Json;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Status;

/// <summary>What <c>status --json</c> prints.</summary>
internal sealed record StatusReport(IReadOnlyList<ProcessReport> Processes, IReadOnlyList<SiloReport> Silos)
{
    /// <summary>"ready"; "degraded" where something is missing; "down" where nothing can be answered.</summary>
    public string State => Verdict.State;

    /// <summary>What is missing; empty where all is ready.</summary>
    public IReadOnlyList<string> Reasons => Verdict.Reasons;

    // Internal: no part of the JSON.
    internal bool AllReady => State == StatusVerdict.Ready;

    private StatusVerdict Verdict => StatusVerdict.Of(Processes, Silos);
}

/// <summary>One silo as it describes itself.</summary>
internal sealed record SiloReport
{
    public required string Name { get; init; }

    /// <summary>The silo's own word (Starting, Ready, Draining, Failed), or "unreachable".</summary>
    public required string State { get; init; }

    /// <summary>Why it is not ready, where it is not.</summary>
    public string? Reason { get; init; }

    public JsonElement? Load { get; init; }

    /// <summary>The model's version.</summary>
    public string? Version { get; init; }

    /// <summary>The model's hash.</summary>
    public string? Hash { get; init; }

    public long? BootId { get; init; }

    /// <summary>Whether the membership database answers it; null where the silo does not say.</summary>
    public SiloStatus.MembershipStatus? Membership { get; init; }

    /// <summary>What its devices say; null where the silo does not say.</summary>
    public SiloStatus.TelemetryStatus? Telemetry { get; init; }

    internal bool IsReady => State.Equals("ready", StringComparison.OrdinalIgnoreCase);
}
