using Evergrain.Cli.Drill.Report;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.UnitTests.Drill.Report;

public class ConclusionTests
{
    [Theory]
    [InlineData("P", "Good", "Passed")]
    [InlineData("PN", "Good", "Passed")]
    [InlineData("PF", "Bad", "Failed")]
    [InlineData("F", "Bad", "Failed")]
    [InlineData("NN", "Caution", "Nothing ran")]
    [InlineData("", "Caution", "Nothing ran")]
    public void Of_Verdicts_SayWhatTheDrillFound(string verdicts, string tone, string headline)
    {
        var conclusion = Conclusion.Of(Report(verdicts, selfTest: false));
        Assert.Equal((tone, headline), (conclusion.Tone.ToString(), conclusion.Headline.En));
    }

    [Theory]
    [InlineData("FF", true)]
    [InlineData("FN", true)]
    [InlineData("FFP", true)]
    [InlineData("FP", false)]
    [InlineData("PP", false)]
    [InlineData("NNF", false)]
    [InlineData("", false)]
    public void Of_SelfTest_NoticesOnlyWhereFaults1And2Failed(string verdicts, bool noticed)
    {
        var conclusion = Conclusion.Of(Report(verdicts, selfTest: true));
        Assert.Equal("Self-test: failover was OFF", conclusion.Headline.En);
        Assert.Equal(noticed ? "✓" : "✗", conclusion.Symbol);
        Assert.NotEqual(Tone.Good, conclusion.Tone);
    }

    [Fact]
    public void Of_SomeDidNotRun_SaysThatTheseAreNoPass()
        => Assert.Equal("1 passed, 0 failed, 2 did not run (no pass).", Conclusion.Of(Report("PNN", selfTest: false)).Detail.En);

    /// <summary>One scenario a letter, of fault 1, 2, 3 and so on: P passed, F failed, N not run.</summary>
    private static DrillReport Report(string verdicts, bool selfTest) => SampleReport.Create() with
    {
        SelfTest = selfTest,
        Scenarios = [.. verdicts.Select((v, i) => SampleReport.Kill() with
        {
            Fault = i + 1,
            Verdict = v switch { 'P' => Verdict.Passed, 'F' => Verdict.Failed, _ => Verdict.NotRun },
        })],
    };
}
