using Evergrain.Client.Channels;

namespace Evergrain.UnitTests.Client.Channels;

public class ReportStateTests
{
    [Theory]
    [InlineData(5, 11, true)]
    [InlineData(5, 10, false)] // the same again
    [InlineData(5, 9, false)] // overtaken
    [InlineData(6, 1, true)] // restarted
    [InlineData(4, 99, false)] // a thawed former life
    public void Next_AfterBoot5Sequence10_OnlyNewerCounts(int boot, long sequence, bool taken)
    {
        var known = ReportState.Next(null, Report(5, 10), 0);
        Assert.Equal(taken, ReportState.Next(known, Report(boot, sequence), 1) is not null);
    }

    [Fact]
    public void Next_AnotherSilosReport_DoesNotCount()
        => Assert.Null(ReportState.Next(ReportState.Next(null, Report(5, 10), 0), Report(6, 1) with { Silo = "silo-b" }, 1));

    [Fact]
    public void Next_NoMembersInReport_KeepsTheView()
    {
        MemberView member = new() { Silo = "silo-b", BootId = 1, Host = "127.0.0.1", GatewayPort = 1, Dead = false };
        var known = ReportState.Next(null, Report(5, 10) with { Members = [member] }, 0);
        Assert.Equal([member], ReportState.Next(known, Report(5, 11), 1)!.Report.Members);
    }

    [Fact]
    public void Next_NewBoot_ForgetsMemoryGate()
    {
        var state = ReportState.Next(null, Report(5, 1), 0);
        for (var i = 2; i < 6; i++) state = ReportState.Next(state, Report(5, i) with { DeviceMemory = 0.9, DeviceSample = i }, i);
        Assert.True(state!.Gates.MemoryFull);
        var anew = ReportState.Next(state, Report(6, 1) with { DeviceMemory = 0.9, DeviceSample = 1 }, 9)!;
        Assert.Equal((false, 1, 1L), (anew.Gates.MemoryFull, anew.Gates.HighReadings, anew.Gates.Reading));
    }

    [Fact]
    public void Next_SameReadingOnManyReports_CountsOnce()
    {
        var state = ReportState.Next(null, Report(5, 1), 0);
        for (var i = 2; i < 9; i++) state = ReportState.Next(state, Report(5, i) with { DeviceMemory = 0.9, DeviceSample = 4 }, i);
        Assert.Equal((false, 1), (state!.Gates.MemoryFull, state.Gates.HighReadings));
    }

    internal static LoadReport Report(int boot, long sequence) => new()
    {
        Silo = "silo-a",
        BootId = boot,
        Sequence = sequence,
        State = SiloState.Ready,
        Model = ModelIdentity.None,
        DrainRate = 1000,
    };
}
