using System.Text.Json;

namespace Evergrain.Cli.Supervision;

/// <summary>What a silo's admin port answers to <c>GET /status</c>.</summary>
internal sealed record SiloStatus
{
    public const string Path = "/status";

    public string? Name { get; init; }

    /// <summary>Starting, Ready, Draining or Failed.</summary>
    public string? State { get; init; }

    public string? Reason { get; init; }

    public long? BootId { get; init; }

    /// <summary>Handed on as it is: queuedTokens, inFlight, drainRate, deviceLoad, deviceMemory.</summary>
    public JsonElement? Load { get; init; }

    public ModelStatus? Model { get; init; }

    /// <summary>Null where the silo is of a version that does not say.</summary>
    public MembershipStatus? Membership { get; init; }

    /// <summary>Null where the silo is of a version that does not say.</summary>
    public TelemetryStatus? Telemetry { get; init; }

    /// <summary>Whether the membership database answers the silo.</summary>
    internal sealed record MembershipStatus
    {
        public const string Away = "away";

        /// <summary>"ok" or "away".</summary>
        public string? State { get; init; }

        /// <summary>How long it has not answered, in seconds; null where it does.</summary>
        public double? AwaySeconds { get; init; }

        /// <summary>What the driver said, first line; null where it answers.</summary>
        public string? Error { get; init; }
    }

    /// <summary>What the silo's devices say.</summary>
    internal sealed record TelemetryStatus
    {
        public const string Unknown = "unknown";

        /// <summary>"host" or "nvidia-smi".</summary>
        public string? Source { get; init; }

        /// <summary>"ok" or "unknown".</summary>
        public string? State { get; init; }

        /// <summary>Why something is unknown.</summary>
        public string? Problem { get; init; }

        public IReadOnlyList<DeviceStatus>? Devices { get; init; }
    }

    /// <summary>Shares of 0..1, bytes and degrees Celsius. Null is what is not known.</summary>
    internal sealed record DeviceStatus
    {
        /// <summary>As the YAML names it: "cpu", "cuda:0".</summary>
        public string? Device { get; init; }

        /// <summary>Whoever asked for it.</summary>
        public double? Load { get; init; }

        /// <summary>This silo's part.</summary>
        public double? OwnLoad { get; init; }

        public long? MemoryUsed { get; init; }

        public long? MemoryTotal { get; init; }

        public double? Temperature { get; init; }

        /// <summary>Uncorrected ones.</summary>
        public long? EccErrors { get; init; }
    }

    internal sealed record ModelStatus
    {
        public string? Name { get; init; }

        public string? Version { get; init; }

        public string? Hash { get; init; }

        /// <summary>Folder of the package that it serves.</summary>
        public string? Path { get; init; }
    }
}
