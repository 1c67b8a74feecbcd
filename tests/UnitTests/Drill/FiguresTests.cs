using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;
using static Evergrain.UnitTests.Drill.DrillSamples;

namespace Evergrain.UnitTests.Drill;

public sealed class FiguresTests
{
    [Fact]
    public void Of_MixedSamples_CountsWhatCallersSaw()
    {
        Sample[] samples =
        [
            Ok(0, 10), Ok(100, 20, attempts: 2), Bad(200, 1500), Ok(300, 30, label: "negative"), Ok(400, 40, label: "negative", text: 1),
            Ok(500, 50) with { Caller = CallerKind.TwoUrlKey },
        ];
        var figures = Figures.Of(OneUrl, samples, Known());
        Assert.Equal((5, 1, 1, 1), (figures.Requests, figures.Failed, figures.Wrong, figures.ExtraAttempts));
        Assert.Equal((30.0, 1500.0, 1500.0), (figures.P50Ms, figures.P99Ms, figures.PMaxMs));
        Assert.Equal(3.0 / 5, figures.FailureBound);
    }

    [Fact]
    public void Of_Nothing_ZeroesAndNoBound()
    {
        var figures = Figures.Of(OneUrl, [], Known());
        Assert.Equal((0, 0, 0.0, 1.0), (figures.Requests, figures.Failed, figures.PMaxMs, figures.FailureBound));
    }

    [Theory]
    [InlineData(0.5, 2)]
    [InlineData(0.75, 3)]
    [InlineData(0.76, 4)]
    [InlineData(0.99, 4)]
    [InlineData(1, 4)]
    public void Quantile_OfFour_SmallestThatCoversTheShare(double share, double expected)
        => Assert.Equal(expected, Figures.Quantile([.. new[] { 1.0, 2, 3, 4 }.Select(TimeSpan.FromMilliseconds)], share));

    public static TheoryData<string, double[][], double> Gaps => new()
    {
        // due, latency, and 1 where it failed
        { "answers one after the other", [[0, 10], [10, 10], [20, 10]], 10 },
        { "a time without requests is no gap", [[0, 10], [5000, 30]], 30 },
        { "a stall of all", [[0, 10], [20, 980], [500, 500]], 980 },
        { "a failure does not end a gap", [[0, 10], [100, 200, 1], [400, 50]], 350 },
        { "another's answer ends it", [[0, 10], [20, 980], [300, 20], [600, 20]], 380 },
        { "nothing succeeds: until the last failure", [[0, 100, 1], [50, 300, 1]], 350 },
        { "the last ones fail", [[0, 10], [100, 400, 1]], 400 },
    };

    [Theory]
    [MemberData(nameof(Gaps))]
    public void LongestGap_Truth_IsTheLongestWaitOfAllWithoutASuccess(string why, double[][] samples, double expected)
    {
        var gap = Figures.LongestGap([.. samples.Select(s => s.Length > 2 ? Bad(s[0], s[1]) : Ok(s[0], s[1]))]);
        Assert.True(Math.Abs(gap.TotalMilliseconds - expected) < 0.01, $"{why}: {gap.TotalMilliseconds}");
    }

    [Theory]
    [InlineData("negative", 0, true)]
    [InlineData("positive", 0, false)]
    [InlineData("negative", 1, false)]
    public void IsWrong_AnotherLabel_OnlyWhereTheModelHadDecided(string label, int text, bool expected)
        => Assert.Equal(expected, Known().IsWrong(Ok(0, 1, label, text)));

    [Fact]
    public void IsWrong_Failure_IsNotWrong() => Assert.False(Known().IsWrong(Bad(0, 1)));
}
