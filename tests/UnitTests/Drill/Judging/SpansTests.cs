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
