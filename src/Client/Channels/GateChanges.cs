using System.Collections.Immutable;
using Evergrain.Client.Events;
using Evergrain.Client.Picking;

namespace Evergrain.Client.Channels;

/// <summary>Which of a silo's gates a newer report opened or closed.</summary>
/// <param name="Cooled">It was avoided for its load until now.</param>
/// <param name="Events">What is to be told; empty where no gate changed.</param>
internal readonly record struct GateChanges(bool Cooled, ImmutableArray<(ClusterEventKind Kind, string Cause, string Evidence)> Events)
{
    private static readonly GateChanges None = new(false, []);

    public bool Any => !Events.IsEmpty;

    /// <param name="before">The gates until now; of an earlier boot too, so that each end is told.</param>
    /// <param name="after">The newer state.</param>
    public static GateChanges Between(LoadGates before, ReportState after)
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

        return new GateChanges(before.LoadHigh && !gates.LoadHigh, events.ToImmutable());
    }
}
