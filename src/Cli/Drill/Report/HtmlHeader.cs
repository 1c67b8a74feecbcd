using System.Xml.Linq;
using Evergrain.Cli.Drill.Results;
using static Evergrain.Cli.Drill.Report.Html;

namespace Evergrain.Cli.Drill.Report;

/// <summary>The top of the page: what a reader who stops here must know.</summary>
internal static class HtmlHeader
{
    public static XElement Of(DrillReport report)
    {
        var conclusion = Conclusion.Of(report);
        return El("header",
            El("p", Class("product"), $"Evergrain {report.EvergrainVersion}"),
            El("h1", new Bilingual("灾备演练报告", "Disaster drill report")),
            El("div", Class("verdict " + Of(conclusion.Tone)),
                El("p", Class("headline"), El("span", Class("symbol"), conclusion.Symbol), " ", conclusion.Headline),
                El("p", conclusion.Detail)),
            Tiles(report),
            El("dl", Class("facts"), Facts.Of(report).Select(fact => El("div", El("dt", fact.Term), El("dd", fact.Value)))));
    }

    private static XElement Tiles(DrillReport report)
    {
        var ran = report.Scenarios.Where(s => s.Verdict != Verdict.NotRun).ToList();
        var all = Totals.Of(report);
        return El("div", Class("tiles"),
            Tile($"{ran.Count(s => s.Verdict == Verdict.Passed)} / {ran.Count}", "故障通过 / 已演练", "faults passed / drilled"),
            Tile(Figures.Count(all.Requests), "演练期间的请求", "requests during the faults"),
            Tile(Figures.Count(all.Failed), "失败的请求", "failed requests", Figures.Share(all.Failed, all.Requests, all.FailureBound)),
            Tile(Figures.Count(all.Wrong), "答错", "wrong answers"),
            Tile(Figures.Ms(all.PMaxMs), "用户最长等待", "longest wait of any user"));
    }

    private static XElement Tile(string figure, string zh, string en, Bilingual? note = null) => El("div",
        El("p", Class("figure"), figure),
        El("p", Class("label"), new Bilingual(zh, en)),
        note is null ? null : El("p", Class("note"), note));

    private static string Of(Tone tone) => tone switch
    {
        Tone.Good => "passed",
        Tone.Bad => "failed",
        _ => "caution",
    };
}
