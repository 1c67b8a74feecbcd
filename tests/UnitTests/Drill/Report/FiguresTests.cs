using Evergrain.Cli.Drill.Report;

namespace Evergrain.UnitTests.Drill.Report;

public class FiguresTests
{
    [Theory]
    [InlineData(4.24, "4.2 ms")]
    [InlineData(9.96, "10 ms")]
    [InlineData(310.4, "310 ms")]
    [InlineData(999.4, "999 ms")]
    [InlineData(999.6, "1.00 s")]
    [InlineData(1312, "1.31 s")]
    [InlineData(15100, "15.1 s")]
    [InlineData(double.NaN, "–")]
    public void Ms_AnyTime_HasThreeDigitsAtMost(double ms, string text) => Assert.Equal(text, Figures.Ms(ms));

    [Theory]
    [InlineData(3.0 / 4321, "0.07 %")]
    [InlineData(3.0 / 9021, "0.034 %")]
    [InlineData(0.0007, "0.07 %")]
    [InlineData(0.126, "13 %")]
    [InlineData(0.05, "5 %")]
    [InlineData(0, "0 %")]
    [InlineData(1, "100 %")]
    [InlineData(3, "100 %")]
    public void Percent_AnyShare_IsRoundedUpToTwoDigits(double share, string text) => Assert.Equal(text, Figures.Percent(share));

    [Theory]
    [InlineData(42.5, "42.5 s", "42.5 秒")]
    [InlineData(1392, "23 min 12 s", "23 分 12 秒")]
    [InlineData(7500, "2 h 5 min", "2 小时 5 分")]
    public void Duration_AnyTime_IsSaidInBothLanguages(double seconds, string en, string zh)
    {
        var text = Figures.Duration(TimeSpan.FromSeconds(seconds));
        Assert.Equal((en, zh), (text.En, text.Zh));
    }

    [Theory]
    [InlineData(0, 1000, "true share < 0.3 %")]
    [InlineData(5, 1000, "0.5 % of them")]
    [InlineData(0, 0, "no requests")]
    public void Share_OfFailures_IsABoundOnlyWhereThereWereNone(int failed, int requests, string text)
        => Assert.Equal(text, Figures.Share(failed, requests, 3.0 / Math.Max(1, requests)).En);
}
