using System.Collections.Immutable;
using Evergrain.Silo.Telemetry;

namespace Evergrain.Silo.Admin;

/// <summary>What the devices say, in /status.</summary>
/// <param name="Source">"host" or "nvidia-smi".</param>
/// <param name="State">"ok" or "unknown".</param>
/// <param name="Problem">Why something is unknown.</param>
/// <param name="Devices">Each by itself.</param>
internal sealed record TelemetryAnswer(string Source, string State, string? Problem, ImmutableArray<DeviceAnswer> Devices)
{
    public static TelemetryAnswer Of(string source, DeviceSample sample) => new(
        source,
        Names.OfTelemetry(sample),
        sample.Problem,
        [.. sample.Devices.Select(d => new DeviceAnswer(d.Device, d.Load, d.OwnLoad, d.MemoryUsed, d.MemoryTotal, d.Temperature, d.EccErrors))]);
}

/// <summary>Shares of 0..1, bytes and degrees Celsius. Null is what is not known.</summary>
internal sealed record DeviceAnswer(
    string Device, double? Load, double? OwnLoad, long? MemoryUsed, long? MemoryTotal, double? Temperature, long? EccErrors);
