using Evergrain.Client.Channels;
using Evergrain.Client.Events;

namespace Evergrain.UnitTests.Client.Channels;

public class ReportChangesTests
{
    /// <summary>Before, after, what is told when the boot has answered its first calls and when it has not.</summary>
    public static TheoryData<SiloState?, SiloState, string, string> Table => new()
    {
        { null, SiloState.Starting, "Starting", "Starting" },
        { null, SiloState.Ready, "", "" }, // told when it has answered its first calls
        { null, SiloState.Draining, "Draining", "Draining" },
        { null, SiloState.Failed, "Failed", "Failed" },
        { SiloState.Starting, SiloState.Starting, "", "" },
        { SiloState.Starting, SiloState.Ready, "Ready", "" },
        { SiloState.Starting, SiloState.Draining, "Draining", "Draining" },
        { SiloState.Starting, SiloState.Failed, "Failed", "Failed" },
        { SiloState.Ready, SiloState.Starting, "Starting", "Starting" },
        { SiloState.Ready, SiloState.Ready, "", "" },
        { SiloState.Ready, SiloState.Draining, "Draining", "Draining" },
        { SiloState.Ready, SiloState.Failed, "Failed", "Failed" },
        { SiloState.Draining, SiloState.Starting, "Starting", "Starting" },
        { SiloState.Draining, SiloState.Ready, "Ready", "" }, // undrained
        { SiloState.Draining, SiloState.Draining, "", "" },
        { SiloState.Draining, SiloState.Failed, "Failed", "Failed" },
        { SiloState.Failed, SiloState.Starting, "Starting", "Starting" },
        { SiloState.Failed, SiloState.Ready, "Ready", "" },
        { SiloState.Failed, SiloState.Draining, "Draining", "Draining" },
        { SiloState.Failed, SiloState.Failed, "", "" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Between_StateAndState_Events(SiloState? before, SiloState after, string proved, string unproved)
    {
        var old = before is { } state ? Report(state) : null;
        Assert.Equal(proved, Events(ReportChanges.Between(old, Report(after), proved: true)));
        Assert.Equal(unproved, Events(ReportChanges.Between(old, Report(after), proved: false)));
        Assert.Equal(before != after, ReportChanges.Between(old, Report(after), proved: true).MayMatter);
        Assert.False(ReportChanges.Between(old, Report(after), proved: true).Rebooted);
    }

    [Theory]
    [InlineData(SiloState.Starting, "Starting")]
    [InlineData(SiloState.Ready, "")] // even from Ready to Ready: it has to be proved
    [InlineData(SiloState.Draining, "Draining")]
    [InlineData(SiloState.Failed, "Failed")]
    public void Between_AnotherBoot_ToldAsTheFirstOne(SiloState state, string events)
    {
        var changes = ReportChanges.Between(Report(state), Report(state) with { BootId = 2 }, proved: false);
        Assert.Equal((true, true, events), (changes.Rebooted, changes.MayMatter, Events(changes)));
    }

    [Theory]
    [InlineData(null, null, "")]
    [InlineData(null, 3, "DatabaseLost")]
    [InlineData(3, 5, "")]
    [InlineData(3, null, "DatabaseBack")]
    public void Between_MembershipAwayOrNot_Events(int? before, int? after, string events)
    {
        var changes = ReportChanges.Between(Away(before), Away(after), proved: true);
        Assert.Equal((events, false), (Events(changes), changes.MayMatter)); // calls do not need the database
    }

    [Fact]
    public void Between_AnotherBootWithoutDatabase_ToldAgain()
    {
        var changes = ReportChanges.Between(Away(3), Away(3) with { BootId = 2 }, proved: false);
        Assert.Equal("DatabaseLost", Events(changes));
    }

    [Fact]
    public void Between_StateAndDatabaseAtOnce_BothAreTold()
    {
        var changes = ReportChanges.Between(Report(SiloState.Ready), Away(2) with { State = SiloState.Failed }, proved: true);
        Assert.Equal("Failed DatabaseLost", Events(changes));
    }

    [Fact]
    public void Between_Failed_ReasonIsTheEvidence()
    {
        var changes = ReportChanges.Between(null, Report(SiloState.Failed) with { Reason = "model.onnx: wrong hash" }, proved: false);
        Assert.Equal((ClusterEventKind.Failed, "it cannot answer", "model.onnx: wrong hash"), Assert.Single(changes.Events));
    }

    private static LoadReport Report(SiloState state) => ReportStateTests.Report(1, 1) with { State = state };

    private static LoadReport Away(int? seconds)
        => Report(SiloState.Ready) with { MembershipAway = seconds is { } s ? TimeSpan.FromSeconds(s) : null };

    private static string Events(ReportChanges changes) => string.Join(' ', changes.Events.Select(e => e.Kind));
}
