using System.Globalization;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Report.Chart;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.UnitTests.Drill.Report;

public class TimelineChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Draw_OneFailureAmongMany_IsDrawnAtASizeThatIsSeen()
    {
        var line = SampleReport.Line(150, 1) with { Buckets = [SampleReport.Bucket(0, 120, 0), SampleReport.Bucket(1, 120, 1)] };
        var failed = Draw(line).Descendants(Svg + "path").Single(p => (string?)p.Attribute("class") == "failed");
        // One bar: M left bottom H right V top.
        var path = (string)failed.Attribute("d")!;
        Assert.Equal(1, path.Count(c => c == 'M'));
        var bottom = Number(path.Split(' ')[1].Split('H')[0]);
        Assert.Equal(4, bottom - Number(path.Split('V')[1].Split('H')[0]), 1);
        Assert.Contains("✗1", Texts(line));
    }

    [Fact]
    public void Draw_NothingFailed_DrawsNoFailedBars()
    {
        var line = SampleReport.Line(40, 1);
        Assert.DoesNotContain(Draw(line).Descendants(Svg + "path"), p => (string?)p.Attribute("class") == "failed");
        Assert.Contains("✗ 失败 failed: 0", Texts(line));
    }

    [Fact]
    public void Draw_EveryMark_HasAFlagWithItsNumberAndAPole()
    {
        var chart = Draw(SampleReport.Kill().Timeline!);
        Assert.Equal(["1 注入", "2 发现", "3 改道", "4 移出", "5 恢复"], chart.Elements(Svg + "g").Select(g => g.Element(Svg + "text")).Where(t => (string?)t?.Attribute("fill") == "#fff").Select(t => t!.Value));
        Assert.Contains("2: detected silo-a 10.036 s", chart.Element(Svg + "desc")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_VeryManyMarks_FlagsTheInjectionsOnly()
    {
        var marks = Enumerable.Range(0, 40).SelectMany(i => new[] { SampleReport.Mark(i * 10, MarkKind.Injection), SampleReport.Mark((i * 10) + 0.04, MarkKind.Detection) });
        var flags = Draw(SampleReport.Line(400, 1, [.. marks])).Elements(Svg + "g").Where(g => g.Element(Svg + "title") is not null).ToList();
        Assert.Equal(40, flags.Count);
        Assert.All(flags, f => Assert.Contains("fault injected", f.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Draw_Silos_HaveAnAreaAndALegendEach()
    {
        var chart = Draw(SampleReport.Line(40, 1));
        Assert.Equal(["silo-a", "silo-b"], chart.Descendants(Svg + "path").Where(p => (string?)p.Attribute("class") == "served").Select(p => p.Value));
        Assert.Subset(Texts(SampleReport.Line(40, 1)).ToHashSet(), new HashSet<string> { "silo-a", "silo-b" });
    }

    [Fact]
    public void Draw_BucketWithoutAnswers_BreaksTheMedian()
    {
        var buckets = SampleReport.Line(5, 1).Buckets;
        var line = SampleReport.Line(5, 1) with { Buckets = buckets.SetItem(2, buckets[2] with { P50Ms = double.NaN, MaxMs = double.NaN }) };
        var median = (string)Draw(line).Descendants(Svg + "path").Single(p => (string?)p.Attribute("class") == "median").Attribute("d")!;
        Assert.Equal("MLML", string.Concat(median.Where(char.IsLetter)));
    }

    [Theory]
    [InlineData(40, 0.5, 20)]
    [InlineData(150, 1, 120)]
    [InlineData(1800, 1, 120)]
    [InlineData(1, 1, 0)]
    public void Draw_AnyLengthAndRate_HasOnlyFiniteNumbersWithinTheChart(int buckets, double seconds, int sent)
    {
        var line = SampleReport.Line(buckets, seconds, SampleReport.Mark(buckets * seconds * 1.1, MarkKind.Other));
        var chart = Draw(line with { Buckets = [.. line.Buckets.Select(b => SampleReport.Bucket(b.At, sent, 0))] });
        Assert.DoesNotContain("NaN", chart.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("∞", chart.ToString(), StringComparison.Ordinal);
        var width = Number(((string)chart.Attribute("viewBox")!).Split(' ')[2]);
        Assert.All(chart.Descendants().Attributes().Where(a => a.Name.LocalName is "x" or "x1" or "x2" or "cx" && a.Parent!.Parent!.Name.LocalName != "pattern"), a => Assert.InRange((double)a, 0, width));
    }

    [Fact]
    public void DrawnBuckets_TooMany_AddUpCountsAndKeepTheLongestWait()
    {
        var line = SampleReport.Line(900, 1);
        line = line with { Buckets = line.Buckets.SetItem(457, SampleReport.Bucket(457, 20, 3) with { MaxMs = 4000 }) };
        var drawn = DrawnBuckets.Of(line);
        Assert.Equal((300, 3), (drawn.Buckets.Length, drawn.BucketSeconds));
        Assert.Equal((18000, 3, 4000), (drawn.Buckets.Sum(b => b.Sent), drawn.Buckets.Sum(b => b.Failed), drawn.Buckets.Max(b => b.MaxMs)));
        Assert.Equal(17997, drawn.Buckets.Sum(b => b.ServedBy.Values.Sum()));
        Assert.Equal(456, drawn.Buckets.Single(b => b.Failed > 0).At);
    }

    [Fact]
    public void NumberedMark_SameMoment_CauseComesFirstAndTimesCountFromTheLastInjection()
    {
        var line = SampleReport.Line(40, 1, SampleReport.Mark(20.5, MarkKind.Detection), SampleReport.Mark(20, MarkKind.Reroute), SampleReport.Mark(20, MarkKind.Injection), SampleReport.Mark(3, MarkKind.Other));
        Assert.Equal(
            [(1, MarkKind.Other, null), (2, MarkKind.Injection, null), (3, MarkKind.Reroute, 0), (4, MarkKind.Detection, 0.5)],
            NumberedMark.Of(line).Select(m => (m.Number, m.Mark.Kind, m.SinceInjection)));
    }

    [Fact]
    public void LatencyScale_Values_AreOneStepADecade()
    {
        var scale = LatencyScale.For(8, 4200, 0, 400);
        Assert.Equal(["1 ms", "10 ms", "100 ms", "1 s", "10 s"], scale.Ticks().Select(t => t.Label));
        Assert.Equal([400, 300, 200, 100, 0], scale.Ticks().Select(t => scale.Y(t.Value)));
    }

    private static XElement Draw(Timeline timeline) => TimelineChart.Draw(timeline, "s1", new("故障", "fault"));

    private static IEnumerable<string> Texts(Timeline timeline) => Draw(timeline).Descendants(Svg + "text").Select(t => t.Value);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
