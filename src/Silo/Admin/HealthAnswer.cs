using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Evergrain.Silo.Telemetry;

namespace Evergrain.Silo.Admin;

/// <summary>Answer of /health, for operators' scripts: percentages with one decimal, names in snake case. Null is what is not known or, of the
/// neighbours, what there is none of.</summary>
internal sealed record HealthAnswer
{
    /// <summary>A fuller device leaves the next batch too little.</summary>
    private const double MemoryLimitPercent = 85;

    public required DateTimeOffset Timestamp { get; init; }

    public required string Name { get; init; }

    public required string State { get; init; }

    /// <summary>Mean of the devices.</summary>
    public required double? GpuUsagePercent { get; init; }

    /// <summary>Of the fullest device.</summary>
    public required double? GpuMemoryPercent { get; init; }

    public required HealthTelemetry Telemetry { get; init; }

    /// <summary>Whether any gateway of this node is ready.</summary>
    public required bool? ApiHealthy { get; init; }

    /// <summary>Whether any web page of this node is alive.</summary>
    [JsonPropertyName("webui_healthy")]
    public required bool? WebUiHealthy { get; init; }

    public required bool OverallHealthy { get; init; }

    public required ImmutableArray<HealthDevice> Devices { get; init; }

    public static HealthAnswer Of(
        DateTimeOffset now, string name, SiloState state, string source, DeviceSample sample, NeighbourHealth neighbours)
    {
        var memory = Percent(sample.Memory);
        return new()
        {
            Timestamp = now,
            Name = name,
            State = Names.Of(state),
            GpuUsagePercent = Percent(sample.Load),
            GpuMemoryPercent = memory,
            Telemetry = new(source, Names.OfTelemetry(sample), sample.Problem),
            ApiHealthy = neighbours.Api,
            WebUiHealthy = neighbours.WebUi,
            // What is not known is no fault. Of the memory as it is shown, so that nobody reads 85.0 and "not healthy".
            OverallHealthy = state == SiloState.Ready && !(memory > MemoryLimitPercent) && neighbours is { Api: not false, WebUi: not false },
            Devices = [.. sample.Devices.Select(HealthDevice.Of)],
        };
    }

    internal static double? Percent(double? share) => share is { } known ? Math.Round(known * 100, 1) : null;
}

/// <param name="Source">"host" or "nvidia-smi".</param>
/// <param name="State">"ok" or "unknown".</param>
/// <param name="Problem">Why something is unknown.</param>
internal sealed record HealthTelemetry(string Source, string State, string? Problem);

/// <summary>One device.</summary>
internal sealed record HealthDevice(
    string Device, double? LoadPercent, double? OwnLoadPercent, long? MemoryUsedMib, long? MemoryTotalMib, double? MemoryPercent,
    double? TemperatureCelsius, long? EccErrors)
{
    private const long Mib = 1024 * 1024;

    public static HealthDevice Of(DeviceReading reading) => new(
        reading.Device,
        HealthAnswer.Percent(reading.Load),
        HealthAnswer.Percent(reading.OwnLoad),
        reading.MemoryUsed / Mib,
        reading.MemoryTotal / Mib,
        reading.MemoryTotal > 0 ? HealthAnswer.Percent((double?)reading.MemoryUsed / reading.MemoryTotal) : null,
        reading.Temperature,
        reading.EccErrors);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;
