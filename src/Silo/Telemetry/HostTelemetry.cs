using System.Collections.Immutable;
using Evergrain.Engine;

namespace Evergrain.Silo.Telemetry;

/// <summary>
/// Readings of this process itself: the share of time that its session threads were busy, and its share of the memory that it may use (the machine's or the
/// container's). One every half second, by whoever asks first: a report rides on every reply and must stay cheap.
/// </summary>
/// <param name="devices">What the engine says of its devices now; empty while none is open.</param>
/// <param name="time">The clock.</param>
internal sealed class HostTelemetry(Func<ImmutableArray<DeviceUse>> devices, TimeProvider time) : IDeviceTelemetry
{
    private static readonly TimeSpan Age = TimeSpan.FromMilliseconds(500);

    private Taken? _taken;

    public string Source => "host";

    public DeviceSample Current
    {
        get
        {
            var taken = Volatile.Read(ref _taken);
            if (taken is not null && time.GetElapsedTime(taken.At) < Age) return taken.Sample;

            // Two threads may both measure; either value will do.
            var sample = Measure((taken?.Sample.Number ?? 0) + 1);
            Volatile.Write(ref _taken, new Taken(time.GetTimestamp(), sample));
            return sample;
        }
    }

    private DeviceSample Measure(long number)
    {
        var (used, total) = (Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        var use = devices();
        return new DeviceSample(
            number,
            use.IsEmpty ? 0 : use.Average(device => device.BusyShare),
            total > 0 ? Math.Clamp((double)used / total, 0, 1) : null,
            [.. use.Select(device => new DeviceReading { Device = device.Device, Load = device.BusyShare, OwnLoad = device.BusyShare, MemoryUsed = used, MemoryTotal = total })],
            null);
    }

    private sealed record Taken(long At, DeviceSample Sample);
}
