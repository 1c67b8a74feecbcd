using System.Collections.Immutable;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using static Evergrain.UnitTests.Drill.DrillSamples;

namespace Evergrain.UnitTests.Drill;

public sealed class VerdictsTests
{
    private static readonly Bilingual Text = new("", "");

    [Theory]
    [InlineData("1 1 1", null, true)]
    [InlineData("1 0 1", null, false)]
    [InlineData("0", null, false)]
    [InlineData("", null, false)]
    [InlineData("1 1", "the cluster did not become healthy", false)]
    public void Of_Checks_PassedOnlyWhereAllDid(string checks, string? wrong, bool passed)
        => Assert.Equal(passed ? Verdict.Passed : Verdict.Failed, Verdicts.Of(wrong, [.. checks.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => new Check(Text, "", "", c == "1"))]));

    public static TheoryData<string, bool> SelfTests => new()
    {
        { "failed failed", true },
        { "failed passed", false },
        { "passed passed", false },
        { "failed notRun", false },
        { "failed broke", false },
        { "failed idle", false },
        { "", false },
    };

    [Theory]
    [MemberData(nameof(SelfTests))]
    public void Noticed_SelfTest_OnlyWhereEveryScenarioRanAndWasJudgedFailed(string scenarios, bool expected)
        => Assert.Equal(expected, Verdicts.Noticed(Report([.. scenarios.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Result)])));

    private static ScenarioResult Result(string word) => new()
    {
        Name = word,
        Fault = 1,
        Title = Text,
        How = Text,
        PassLine = Text,
        Verdict = word switch { "passed" => Verdict.Passed, "notRun" => Verdict.NotRun, _ => Verdict.Failed },
        Reason = word == "broke" ? "the cluster ended" : null,
        Callers = word is "notRun" ? [] : [Figures.Of(OneUrl, word == "idle" ? [] : [Bad(0, 10)], Known())],
    };

    private static DrillReport Report(ImmutableArray<ScenarioResult> scenarios) => new()
    {
        EvergrainVersion = "",
        StartedAt = default,
        Took = default,
        Machine = "",
        Model = "",
        Membership = "",
        Cluster = "",
        CapacityPerSecond = 100,
        RatePerSecond = 35,
        SelfTest = true,
        Scenarios = scenarios,
    };
}
