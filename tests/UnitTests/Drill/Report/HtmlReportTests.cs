using System.Text.RegularExpressions;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Report;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.UnitTests.Drill.Report;

public partial class HtmlReportTests
{
    private const string Hostile = "<script>alert('x')</script> & \"q\" ]]> \u0001 \ud800 😀";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Write_Sample_IsOneWellFormedPageThatFetchesNothing()
    {
        var html = HtmlReport.Write(SampleReport.Create(), "drill.json");
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"zh-CN\">", html, StringComparison.Ordinal);
        var page = XDocument.Parse(html);
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "img" or "link" or "iframe" or "object");
        Assert.All(page.Descendants().Attributes().Where(a => a.Name.LocalName is "href" or "src"), a => Assert.StartsWith("#", a.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("url(http", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Sample_HasNoElementThatAnHtmlParserReadsOtherwise()
    {
        var page = Page(SampleReport.Create());
        // "<p/>" is an open paragraph for an HTML parser; "&gt;" in a style is not decoded.
        Assert.DoesNotContain(page.Descendants(), e => e.IsEmpty && e.Name.Namespace != Svg && e.Name.LocalName != "meta");
        Assert.DoesNotMatch("[<>&]", page.Descendants("style").Single().Value);
    }

    [Fact]
    public void Write_Sample_IdsAreUniqueAndEveryReferenceHasOne()
    {
        var html = HtmlReport.Write(SampleReport.Create(), "drill.json");
        var ids = XDocument.Parse(html).Descendants().Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        var references = Reference().Matches(html).Select(m => m.Groups["id"].Value).ToList();
        Assert.NotEmpty(references);
        Assert.Empty(references.Except(ids));
    }

    [Fact]
    public void Write_HostileText_IsTextEverywhere()
    {
        var report = SampleReport.Create();
        var evil = new Bilingual(Hostile, Hostile + "!");
        var kill = SampleReport.Kill();
        report = report with
        {
            Machine = Hostile,
            Scenarios =
            [
                kill with
                {
                    Title = evil, How = evil, PassLine = evil, Reason = Hostile, Name = Hostile,
                    Checks = [new Check(evil, Hostile, Hostile, false)],
                    Callers = [kill.Callers[0] with { Caller = evil }],
                    Timeline = kill.Timeline! with
                    {
                        Marks = [new TimelineMark(1, MarkKind.Other, Hostile, Hostile)],
                        Buckets = [SampleReport.Bucket(0, 20, 0) with { ServedBy = kill.Timeline.Buckets[0].ServedBy.Add(Hostile, 3) }],
                    },
                },
                SampleReport.NotRun() with { Reason = Hostile },
            ],
        };
        var html = HtmlReport.Write(report, "drill.json");
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        var shown = "<script>alert('x')</script> & \"q\" ]]> \uFFFD \uFFFD 😀";
        // Machine, reason, limit, measured, silo, text of the mark, and the reason of what did not run, twice.
        Assert.Equal(8, XDocument.Parse(html).Descendants().Count(e => !e.HasElements && e.Value == shown && e.Name.LocalName is "td" or "dd")
            + XDocument.Parse(html).Descendants("p").Count(e => (string?)e.Attribute("class") == "reason" && e.Value.EndsWith(shown, StringComparison.Ordinal)));
    }

    [Fact]
    public void Write_Sample_ShowsEveryCheckWithItsResultInWords()
    {
        var rows = Page(SampleReport.Create()).Descendants("table").Where(t => (string?)t.Attribute("class") == "checks")
            .SelectMany(t => t.Element("tbody")!.Elements("tr")).Select(r => string.Join("|", r.Elements().Select(c => c.Value)));
        Assert.Equal(
            [
                "失败的请求 failed requests|0|0 of 4,321|✓ 达到 met",
                "改道 time to reroute|< 250 ms|41 ms|✓ 达到 met",
                "最长等待 longest wait|≤ 1 s|5.00 s|✗ 未达到 missed",
            ],
            rows);
    }

    [Fact]
    public void Write_Sample_SummaryHasARowForEveryKindOfCaller()
    {
        var rows = Summary(SampleReport.Create()).Descendants("tbody").Elements("tr").Select(r => string.Join("|", r.Elements().Select(c => c.Value))).ToList();
        Assert.Equal("1|节点进程被杀 silo killed|✓ 通过 Passed|双地址 two-URL|0 / 4,321 (< 0.07 %)|0|331 ms|36 ms|41 ms|1.30 s", rows[0]);
        Assert.Equal("单地址 one-URL|4 / 2,000 (0.2 %)|0|5.00 s", rows[1]);
        Assert.StartsWith("2|节点被冻结 silo frozen|✗ 未通过 Failed|双地址 two-URL|12 / 800", rows[2], StringComparison.Ordinal);
        Assert.Equal("10|数据库不可用 database gone|○ 未运行 Not run|membership is an SQLite file", rows[3]);
        Assert.Equal(4, rows.Count);
    }

    [Fact]
    public void Write_ScenarioNotRun_IsListedWithItsReasonAndHasNoSection()
    {
        var page = Page(SampleReport.Create());
        var list = page.Descendants("section").Single(s => (string?)s.Attribute("class") == "not-run-list");
        Assert.Contains("membership is an SQLite file", list.Value, StringComparison.Ordinal);
        Assert.Equal(["s1", "s2"], page.Descendants("section").Attributes("id").Select(a => a.Value));
        Assert.Contains(Summary(SampleReport.Create()).Descendants("tr"), r => (string?)r.Attribute("class") == "not-run");
    }

    [Fact]
    public void Write_EverythingRan_HasNoListOfWhatDidNot()
        => Assert.DoesNotContain("not-run-list", HtmlReport.Write(SampleReport.Create() with { Scenarios = [SampleReport.Kill()] }, "drill.json"), StringComparison.Ordinal);

    [Theory]
    [InlineData(false, "passed", "✓ 通过 Passed")]
    [InlineData(true, "failed", "✗ 未通过 Failed")]
    public void Write_Verdict_IsTheHeadline(bool withFailure, string style, string text)
    {
        var verdict = Headline(SampleReport.Create() with { Scenarios = withFailure ? [SampleReport.Kill(), SampleReport.Freeze()] : [SampleReport.Kill()] });
        Assert.Equal("verdict " + style, (string?)verdict.Attribute("class"));
        Assert.Equal(text, verdict.Element("p")!.Value);
    }

    [Fact]
    public void Write_SelfTest_SaysThatFailoverWasOff()
        => Assert.Contains("Self-test: failover was OFF", Headline(SampleReport.Create() with { SelfTest = true }).Value, StringComparison.Ordinal);

    [Fact]
    public void Write_Sample_HeadersHaveAScopeAndChartsATitle()
    {
        var page = Page(SampleReport.Create());
        Assert.All(page.Descendants("th"), th => Assert.NotNull(th.Attribute("scope")));
        var charts = page.Descendants(Svg + "svg").ToList();
        Assert.Equal(2, charts.Count);
        Assert.All(charts, c => Assert.Equal(["title", "desc"], c.Elements().Take(2).Select(e => e.Name.LocalName)));
    }

    [Fact]
    public void Write_Sample_HasAPlaceToSign()
        => Assert.All(["演练负责人", "技术负责人", "日期"], who => Assert.Contains(who, HtmlReport.Write(SampleReport.Create(), "drill.json"), StringComparison.Ordinal));

    private static XDocument Page(DrillReport report) => XDocument.Parse(HtmlReport.Write(report, "drill.json"));

    private static XElement Summary(DrillReport report) => Page(report).Descendants("section").First(s => (string?)s.Attribute("class") == "summary");

    private static XElement Headline(DrillReport report) => Page(report).Descendants("div").First(d => ((string?)d.Attribute("class"))?.StartsWith("verdict", StringComparison.Ordinal) == true);

    [GeneratedRegex("""url\(#(?<id>[^)]+)\)|href="#(?<id>[^"]+)"|aria-labelledby="(?<id>[^ "]+)""")]
    private static partial Regex Reference();
}
