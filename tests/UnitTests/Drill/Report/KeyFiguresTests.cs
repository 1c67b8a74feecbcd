using Evergrain.Cli.Drill.Report;
using Evergrain.Cli.Drill.Results;
using static Evergrain.UnitTests.Drill.Report.SampleReport;

namespace Evergrain.UnitTests.Drill.Report;

public class KeyFiguresTests
{
    [Fact]
    public void Of_OneInjection_CountsFromIt()
        => AssertFigures((36, 41, 1300, 8700), Kill().Timeline!);

    [Fact]
    public void Of_SeveralInjections_TakesTheSlowest()
        => AssertFigures((90, null, null, null), Line(40, 1,
            Mark(5, MarkKind.Injection), Mark(5.03, MarkKind.Detection), Mark(15, MarkKind.Injection, "silo-b"), Mark(15.09, MarkKind.Detection, "silo-b"),
            Mark(25, MarkKind.Injection), Mark(25.04, MarkKind.Detection)));

    [Fact]
    public void Of_SeveralDetectionsAfterOneInjection_TakesTheFirst()
        => AssertFigures((610, null, null, null), Line(40, 1, Mark(5, MarkKind.Injection), Mark(5.61, MarkKind.Detection), Mark(13, MarkKind.Detection)));

    [Fact]
    public void Of_DetectionOfAnotherSilo_IsNoAnswer()
        => AssertFigures((200, 100, null, null), Line(40, 1,
            Mark(5, MarkKind.Injection), Mark(5.1, MarkKind.Detection, "silo-b"), Mark(5.1, MarkKind.Reroute, "silo-b"), Mark(5.2, MarkKind.Detection)));

    [Fact]
    public void Of_DatabaseAsTheSiloOfAnInjection_TakesAnySilo()
        => AssertFigures((100, null, null, null), Line(40, 1, Mark(5, MarkKind.Injection, "database"), Mark(5.1, MarkKind.Detection)));

    [Fact]
    public void Of_BothSilosAtOnce_IsOneFaultCountedFromTheFirst()
        => AssertFigures((60, null, null, null), Line(40, 1, Mark(5, MarkKind.Injection), Mark(5.05, MarkKind.Injection, "silo-b"), Mark(5.06, MarkKind.Detection), Mark(5.08, MarkKind.Detection, "silo-b")));

    [Fact]
    public void Of_MarksBeforeTheInjection_AreNoAnswer()
        => AssertFigures((null, null, null, null), Line(40, 1, Mark(4, MarkKind.Detection), Mark(5, MarkKind.Injection)));

    [Fact]
    public void Of_NoTimeline_HasNoFigures() => Assert.Equal(new KeyFigures(null, null, null, null), KeyFigures.Of(null));

    private static void AssertFigures((double? Detect, double? Reroute, double? Evict, double? Recover) expected, Timeline timeline)
    {
        var key = KeyFigures.Of(timeline);
        Assert.Equal(expected, (Round(key.DetectMs), Round(key.RerouteMs), Round(key.EvictMs), Round(key.RecoverMs)));
    }

    private static double? Round(double? ms) => ms is { } value ? Math.Round(value, 6) : null;
}
