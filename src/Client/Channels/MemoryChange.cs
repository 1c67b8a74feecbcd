using Evergrain.Client.Events;
using Evergrain.Client.Picking;

namespace Evergrain.Client.Channels;

/// <summary>Whether a newer report says that a silo's device is full, or has room again.</summary>
internal static class MemoryChange
{
    /// <param name="before">The gates until now; of an earlier boot too, so that each end is told.</param>
    /// <param name="after">The newer state.</param>
    /// <returns>What is to be told; null where nothing changed.</returns>
    public static (ClusterEventKind Kind, string Cause, string Evidence)? Between(LoadGates before, ReportState after)
    {
        if (before.MemoryFull == after.Gates.MemoryFull) return null;
        var memory = $"device memory {100 * after.Report.DeviceMemory:F0} %";
        return after.Gates.MemoryFull
            ? (ClusterEventKind.MemoryFull, "its device's memory is nearly full: it gets no new calls", memory)
            : (ClusterEventKind.MemoryFree, "its device has memory again", memory);
    }
}
