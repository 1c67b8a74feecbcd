using System.Collections.Immutable;
using Evergrain.Client.Events;
using Evergrain.Client.Picking;

namespace Evergrain.Client.Channels;

/// <summary>Which of a silo's gates a newer report opened or closed.</summary>
/// <param name="Cooled">It was avoided for its load until now.</param>
/// <param name="Events">What is to be told; empty where no gate changed.</param>
internal readonly record struct GateChanges(bool Cooled, ImmutableArray<(ClusterEventKind Kind, string Cause, string Evidence)> Events)
{
    /// <summary>More than this of a device's load is somebody else's.</summary>
    private const double ForeignLoad = 0.1;

    private static readonly GateChanges None = new(false, []);

    public bool Any => !Events.IsEmpty;

    /// <param name="before">The gates until now; of an earlier boot too, so that each end is told.</param>
    /// <param name="after">The newer state.</param>
    /// <param name="last">The report before; null where there was none.</param>
    public static GateChanges Between(LoadGates before, ReportState after, LoadReport? last = null)
    {
        var gates = after.Gates;
        if (before.LoadHigh == gates.LoadHigh && before.MemoryFull == gates.MemoryFull) return None;
        var events = ImmutableArray.CreateBuilder<(ClusterEventKind, string, string)>();
        if (before.LoadHigh != gates.LoadHigh)
        {
            var load = $"device load {100 * after.Report.DeviceLoad:F0} %";
            events.Add(gates.LoadHigh
                ? (ClusterEventKind.Hot, "its device is busy: new calls go to cooler silos", load)
                : (ClusterEventKind.Cool, "its device is not that busy any more", load));
        }

        if (before.MemoryFull != gates.MemoryFull)
        {
            var memory = $"device memory {100 * after.Report.DeviceMemory:F0} %";
            events.Add(gates.MemoryFull
                ? (ClusterEventKind.MemoryFull, "its device's memory is nearly full: it gets no new calls", memory)
                : (ClusterEventKind.MemoryFree, "its device has memory again", memory));
        }

        // A silo that was busy with its own calls was not avoided for long, or not at all: its share must not fall to a tenth for that.
        var foreign = last is null || last.DeviceLoad - last.OwnLoad > ForeignLoad;
        return new GateChanges(before.LoadHigh && !gates.LoadHigh && foreign, events.ToImmutable());
    }
}
