using System.Collections.Immutable;

namespace Evergrain.Silo.Telemetry;

/// <summary>How loaded and how full this silo's devices are. Thread safe; reading it is cheap and never blocks.</summary>
internal interface IDeviceTelemetry
{
    /// <summary>Where the readings come from: "host" or "nvidia-smi".</summary>
    string Source { get; }

    /// <summary>The newest reading.</summary>
    DeviceSample Current { get; }
}

/// <summary>One reading of all devices.</summary>
/// <param name="Number">Growing by one with each reading.</param>
/// <param name="Load">Mean load of the devices, 0..1: they share one queue. Null where it is not known.</param>
/// <param name="Memory">Memory in use of the fullest device, 0..1. Null where it is not known.</param>
/// <param name="Devices">Each by itself.</param>
/// <param name="Problem">Why something is not known; null where all is.</param>
internal sealed record DeviceSample(long Number, double? Load, double? Memory, ImmutableArray<DeviceReading> Devices, string? Problem)
{
    public static DeviceSample None { get; } = new(0, null, null, [], null);
}

/// <summary>One device. What is null is not known.</summary>
internal sealed record DeviceReading
{
    /// <summary>As the YAML names it: "cpu", "cuda:0".</summary>
    public required string Device { get; init; }

    /// <summary>Share of the last sampling period in which it computed anything, whoever asked for it, 0..1.</summary>
    public double? Load { get; init; }

    /// <summary>Share of the last seconds in which this silo's own session threads were busy, 0..1.</summary>
    public double? OwnLoad { get; init; }

    /// <summary>Bytes.</summary>
    public long? MemoryUsed { get; init; }

    /// <summary>Bytes.</summary>
    public long? MemoryTotal { get; init; }

    /// <summary>Degrees Celsius.</summary>
    public double? Temperature { get; init; }

    /// <summary>Uncorrected ECC errors since the driver was loaded.</summary>
    public long? EccErrors { get; init; }
}
