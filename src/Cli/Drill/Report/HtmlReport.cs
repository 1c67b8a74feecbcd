using System.Xml;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Results;
using static Evergrain.Cli.Drill.Report.Html;

namespace Evergrain.Cli.Drill.Report;

/// <summary>The report as one page that needs nothing but itself: to open from a disk, to print on A4 and to sign.</summary>
internal static class HtmlReport
{
    private static readonly XmlWriterSettings Xml = new() { OmitXmlDeclaration = true, Indent = true, IndentChars = " ", NewLineChars = "\n" };

    public static string Write(DrillReport report, string jsonName)
    {
        using var text = new Utf8Writer();
        // Written by hand: the XML writer's own "<!DOCTYPE html >" has a space too many.
        text.Write("<!DOCTYPE html>\n");
        using (var xml = XmlWriter.Create(text, Xml))
            Page(report, jsonName).Save(xml);
        return text + "\n";
    }

    private static XElement Page(DrillReport report, string jsonName) =>
        El("html", At("lang", "zh-CN"),
            El("head",
                El("meta", At("charset", "utf-8")),
                El("meta", At("name", "viewport"), At("content", "width=device-width, initial-scale=1")),
                // Nothing is fetched and nothing runs, whatever text found its way in.
                El("meta", At("http-equiv", "Content-Security-Policy"), At("content", "default-src 'none'; style-src 'unsafe-inline'")),
                El("title", $"灾备演练报告 Disaster drill report, {Figures.Time(report.StartedAt)}"),
                El("style", HtmlStyle.Css)),
            El("body",
                El("main",
                    HtmlHeader.Of(report),
                    HtmlSummary.Of(report),
                    HtmlReading.Of(),
                    report.Scenarios.Select((s, i) => (Scenario: s, Id: HtmlScenario.IdOf(i)))
                        .Where(s => s.Scenario.Verdict != Verdict.NotRun).Select(s => HtmlScenario.Of(s.Scenario, s.Id)),
                    NotRun(report),
                    Signatures(),
                    El("footer", new Bilingual(
                        $"本报告由 evergrain drill 根据本次测量生成；同样的数据见 {jsonName}。",
                        $"Made by evergrain drill from what this run measured; the same figures are in {jsonName}.")))));

    private static XElement? NotRun(DrillReport report)
    {
        var notRun = report.Scenarios.Where(s => s.Verdict == Verdict.NotRun).ToList();
        if (notRun.Count == 0)
            return null;
        return El("section", Class("not-run-list"),
            El("h2", new Bilingual("未运行的场景（不算通过）", "Scenarios that did not run (no pass)")),
            El("table",
                El("thead", El("tr", Column("故障", "Fault"), Column("怎样制造", "How it is made"), Column("未运行的原因", "Why it did not run"))),
                El("tbody", notRun.Select(s => El("tr",
                    El("th", At("scope", "row"), $"{s.Fault} ", s.Title),
                    El("td", s.How),
                    El("td", s.Reason ?? "没有说明 no reason was given"))))));
    }

    private static XElement Signatures() => El("section", Class("sign"),
        El("h2", new Bilingual("签字", "Signatures")),
        El("div", Class("lines"),
            Line("演练负责人", "Drill leader"),
            Line("技术负责人", "Technical lead"),
            Line("日期", "Date")));

    private static XElement Line(string zh, string en) => El("p", El("span", new Bilingual(zh, en)), El("span", Class("rule")));

    private sealed class Utf8Writer() : StringWriter(System.Globalization.CultureInfo.InvariantCulture)
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;
    }
}
