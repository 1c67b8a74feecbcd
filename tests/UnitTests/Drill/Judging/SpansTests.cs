using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;

namespace Evergrain.UnitTests.Drill.Judging;

public class SpansTests
{
    private static readonly Span Whole = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));

    [Fact]
    public void Of_Samples_ThoseDueFromTheBeginToBeforeTheEnd()
        => Assert.Equal([10, 19.9], Whole.Of([Answer(9.9, "a"), Answer(10, "a"), Answer(19.9, "a"), Answer(20, "a")]).Select(s => s.Due.TotalSeconds));

    [Fact]
    public void Share_Answers_CountFailuresDoNot()
    {
        Sample[] samples = [Answer(11, "a"), Answer(12, "b"), Answer(13, "b"), Answer(14, "b"), Answer(15, "b") with { Label = null }];
        Assert.Equal(0.75, Spans.Share(samples, Whole, "b"));
        Assert.Equal(0, Spans.Share([], Whole, "b"));
    }

    [Fact]
    public void ShareFell_FromTheThirdSecondOn_IsKnownAWindowLater()
    {
        // b answers every second request for two seconds, then none.
        var samples = Enumerable.Range(0, 1000).Select(i => Answer(10 + i / 100.0, i % 2 == 0 && i < 200 ? "b" : "a")).ToList();
        var fell = Spans.ShareFell(samples, Whole, "b", share: 0.05, TimeSpan.FromSeconds(0.5));
        Assert.Equal(2.5, fell!.Value.TotalSeconds, 1);
    }

    [Fact]
    public void ShareFell_Never_IsUnknown()
    {
        var samples = Enumerable.Range(0, 1000).Select(i => Answer(10 + i / 100.0, i % 2 == 0 ? "b" : "a")).ToList();
        Assert.Null(Spans.ShareFell(samples, Whole, "b", share: 0.25, TimeSpan.FromSeconds(0.5)));
    }

    [Fact]
    public void ShareRose_GrowingByAFifthASecond_IsKnownAtTheEndOfTheFirstWindowThatHasIt()
    {
        // Of each hundred in a second b answers 0, then 20, 40, 60 and so on.
        var samples = Enumerable.Range(0, 600).Select(i => Answer(10 + i / 100.0, i % 100 % 5 < i / 100 ? "b" : "a")).ToList();
        var within = new Span(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(16));
        Assert.Equal(4, Spans.ShareRose(samples, within, "b", share: 0.6, TimeSpan.FromSeconds(1))!.Value.TotalSeconds, 1);
        Assert.Equal(1.5, Spans.ShareRose(samples, within, "b", share: 0.1, TimeSpan.FromSeconds(1))!.Value.TotalSeconds, 1);
        Assert.Null(Spans.ShareRose(samples, within with { Until = TimeSpan.FromSeconds(12.9) }, "b", share: 0.6, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void MostShare_OneBusySecond_IsSeenWhereTheWholeSpanHidesIt()
    {
        var samples = Enumerable.Range(0, 1000).Select(i => Answer(10 + i / 100.0, i is >= 500 and < 600 ? "b" : "a")).ToList();
        Assert.Equal(0.1, Spans.Share(samples, Whole, "b"), 2);
        Assert.Equal(1, Spans.MostShare(samples, Whole, "b", TimeSpan.FromSeconds(1)), 2);
        Assert.Equal(0.5, Spans.MostShare(samples, Whole, "b", TimeSpan.FromSeconds(2)), 2);
        Assert.Equal(0, Spans.MostShare(samples, Whole, "c", TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData(0, "1111111111")]
    [InlineData(0, "0000000000")]
    [InlineData(1, "1110000000")]
    [InlineData(2, "1110000111")]
    [InlineData(4, "1100110011")]
    public void ShareChanges_SecondsWithAndWithoutIt_CountsEachWay(int changes, string seconds)
    {
        // Every second request of a second with it.
        var samples = Enumerable.Range(0, 1000).Select(i => Answer(10 + i / 100.0, seconds[i / 100] == '1' && i % 2 == 0 ? "b" : "a")).ToList();
        Assert.Equal(changes, Spans.ShareChanges(samples, Whole, "b", low: 0.05, high: 0.4, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void ShareChanges_BetweenTheMarks_IsNoChange()
    {
        // Half, a quarter, half, a quarter.
        var samples = Enumerable.Range(0, 1000).Select(i => Answer(10 + i / 100.0, i % (i / 250 % 2 == 0 ? 2 : 4) == 0 ? "b" : "a")).ToList();
        Assert.Equal(0, Spans.ShareChanges(samples, Whole, "b", low: 0.05, high: 0.4, TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1, 12.0)]
    [InlineData(1, 12.0, 73.0)] // more than a minute apart
    [InlineData(2, 12.0, 71.0)]
    [InlineData(1, 9.0, 12.0, 121.0)] // before and after the span
    public void MostInAMinute_OneGateway_CountsWithinAnyMinute(int most, params double[] seconds)
        => Assert.Equal(most, Spans.MostInAMinute(seconds.Select(s => ("gateway-a", TimeSpan.FromSeconds(s))), new Span(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(120))));

    [Fact]
    public void MostInAMinute_TwoGateways_EachForItself()
        => Assert.Equal(1, Spans.MostInAMinute([("gateway-a", TimeSpan.FromSeconds(11)), ("gateway-b", TimeSpan.FromSeconds(11))], Whole));

    private static Sample Answer(double due, string by)
        => new() { Caller = "one-URL", Due = TimeSpan.FromSeconds(due), Latency = TimeSpan.FromMilliseconds(5), Text = 0, Label = "正面", ServedBy = by };
}
