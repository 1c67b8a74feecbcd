using System.Globalization;
using Evergrain.Client.Channels;
using Evergrain.Client.Picking;

namespace Evergrain.UnitTests.Client.Channels;

public class MemoryChangeTests
{
    [Theory]
    [InlineData(false, 0.86, 2, "MemoryFull device memory 86 %")]
    [InlineData(true, 0.74, 3, "MemoryFree device memory 74 %")]
    [InlineData(true, 0.80, 3, "")]
    [InlineData(false, 0.90, 1, "")]
    public void Between_NextReading_ToldWithTheFigure(bool full, double memory, int highReadings, string told)
    {
        var before = new LoadGates(false, full, highReadings, 5);
        var known = new ReportState { Report = ReportStateTests.Report(1, 1), ArrivedAt = 0, Gates = before };
        var report = ReportStateTests.Report(1, 2) with { DeviceMemory = memory, DeviceSample = 6 };
        var change = MemoryChange.Between(before, ReportState.Next(known, report, 1)!);
        Assert.Equal(told, change is { } c ? string.Create(CultureInfo.InvariantCulture, $"{c.Kind} {c.Evidence}") : "");
    }

    [Fact]
    public void Between_NewBoot_TheEndIsTold()
    {
        var known = new ReportState { Report = ReportStateTests.Report(1, 1), ArrivedAt = 0, Gates = new LoadGates(true, true, 3, 90) };
        Assert.Equal("MemoryFree", MemoryChange.Between(known.Gates, ReportState.Next(known, ReportStateTests.Report(2, 1), 1)!)?.Kind.ToString());
    }
}
