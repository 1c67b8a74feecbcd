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

    internal sealed record ModelStatus
    {
        public string? Name { get; init; }

        public string? Version { get; init; }

        public string? Hash { get; init; }
    }
}
