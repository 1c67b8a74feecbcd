using System.Globalization;
using Evergrain.Client.Channels;
using Evergrain.Client.Picking;

namespace Evergrain.UnitTests.Client.Channels;

public class GateChangesTests
{
    [Theory]
    [InlineData(false, false, 0.80, 0.10, 0, "Hot device load 80 %")]
    [InlineData(true, false, 0.60, 0.10, 0, "Cool device load 60 %")]
    [InlineData(false, false, 0.30, 0.86, 2, "MemoryFull device memory 86 %")]
    [InlineData(false, true, 0.30, 0.74, 3, "MemoryFree device memory 74 %")]
    [InlineData(true, false, 0.60, 0.90, 2, "Cool device load 60 %, MemoryFull device memory 90 %")]
    [InlineData(true, true, 0.80, 0.80, 3, "")]
    [InlineData(false, false, 0.75, 0.90, 1, "")]
    public void Between_NextReading_ToldWithTheFigure(bool hot, bool full, double load, double memory, int highReadings, string told)
    {
        var before = new LoadGates(hot, full, highReadings, 5);
        var changes = Change(before, load, memory);
        Assert.Equal(told, string.Join(", ", changes.Events.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Kind} {e.Evidence}"))));
        Assert.Equal((told.Length > 0, told.StartsWith("Cool", StringComparison.Ordinal)), (changes.Any, changes.Cooled));
    }

    private static GateChanges Change(LoadGates before, double load, double memory)
    {
        var known = new ReportState { Report = ReportStateTests.Report(1, 1), ArrivedAt = 0, Gates = before };
        var report = ReportStateTests.Report(1, 2) with { DeviceLoad = load, DeviceMemory = memory, DeviceSample = 6 };
        return GateChanges.Between(before, ReportState.Next(known, report, 1)!);
    }

    [Theory]
    [InlineData(0.66, false)] // its own calls
    [InlineData(0.10, true)]
    public void Between_CoolAgain_ComesBackSlowlyOnlyFromTheWorkOfOthers(double own, bool cooled)
    {
        var hot = ReportStateTests.Report(1, 1) with { DeviceLoad = 0.66, OwnLoad = own };
        var known = new ReportState { Report = hot, ArrivedAt = 0, Gates = new LoadGates(true, false, 0, 5) };
        var cool = ReportStateTests.Report(1, 2) with { DeviceLoad = 0.6, OwnLoad = own, DeviceSample = 6 };
        Assert.Equal(cooled, GateChanges.Between(known.Gates, ReportState.Next(known, cool, 1)!, hot).Cooled);
    }

    [Fact]
    public void Between_NewBoot_TheEndIsTold()
    {
        var known = new ReportState { Report = ReportStateTests.Report(1, 1), ArrivedAt = 0, Gates = new LoadGates(true, true, 3, 90) };
        var changes = GateChanges.Between(known.Gates, ReportState.Next(known, ReportStateTests.Report(2, 1), 1)!);
        Assert.Equal(["Cool", "MemoryFree"], changes.Events.Select(e => e.Kind.ToString()));
    }
}
