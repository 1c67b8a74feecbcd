using Evergrain.Client.Picking;

namespace Evergrain.Client.Channels;

/// <summary>What a channel knows of its silo from reports: immutable, swapped whole with each newer one.</summary>
internal sealed record ReportState
{
    /// <summary>The newest report.</summary>
    public required LoadReport Report { get; init; }

    /// <summary>Timestamp of its arrival.</summary>
    public required long ArrivedAt { get; init; }

    /// <summary>Those of this boot: a new one starts with all of them open.</summary>
    public LoadGates Gates { get; init; }

    /// <summary>
    /// The next state, or null where <paramref name="report"/> does not count: it is older than what is known (reports overtake each
    /// other, and a thawed silo still sends those of its former life), or it is another silo's. A thawed silo that was declared dead
    /// hands the calls it gets to the survivor, and a subscription that went astray so would make one silo look like the other.
    /// </summary>
    public static ReportState? Next(ReportState? known, LoadReport report, long now)
    {
        if (known is not null)
        {
            var old = known.Report;
            if (report.Silo != old.Silo) return null;
            if (report.BootId < old.BootId || (report.BootId == old.BootId && report.Sequence <= old.Sequence)) return null;
        }

        var sameBoot = known?.Report.BootId == report.BootId;
        var members = report.Members.IsDefaultOrEmpty && sameBoot ? known!.Report.Members : report.Members;
        var poison = report.Poison.IsDefaultOrEmpty && sameBoot ? known!.Report.Poison : report.Poison;
        return new ReportState
        {
            Report = report with { Members = members.IsDefault ? [] : members, Poison = poison.IsDefault ? [] : poison },
            ArrivedAt = now,
            Gates = (sameBoot ? known!.Gates : default).Next(report.DeviceLoad, report.DeviceMemory, report.DeviceSample),
        };
    }
}
