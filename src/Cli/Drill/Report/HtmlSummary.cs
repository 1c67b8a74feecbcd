using System.Xml.Linq;
using Evergrain.Cli.Drill.Results;
using static Evergrain.Cli.Drill.Report.Html;

namespace Evergrain.Cli.Drill.Report;

/// <summary>Every fault on one page: a row for each kind of caller, because a fault may touch one kind and not the other.</summary>
internal static class HtmlSummary
{
    public static XElement Of(DrillReport report) => El("section", Class("summary"),
        El("h2", new Bilingual("总表", "Summary")),
        El("table",
            El("thead", El("tr",
                Column("#", "#"), Column("故障", "Fault"), Column("结论", "Verdict"), Column("调用者", "Callers"),
                FigureColumn("失败 / 请求（比例）", "Failed / requests (share)"), FigureColumn("答错", "Wrong"), FigureColumn("最长等待", "pMax"),
                FigureColumn("发现", "Detected"), FigureColumn("改道", "Rerouted"), FigureColumn("移出", "Evicted"))),
            report.Scenarios.Select((s, i) => El("tbody", s.Verdict == Verdict.NotRun ? NotRun(s) : Rows(s, HtmlScenario.IdOf(i))))));

    public static XElement Badge(Verdict verdict) => El("span", Class("badge " + Of(verdict)), Words.SymbolOf(verdict) + " ", Words.Of(verdict));

    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Failed => "failed",
        _ => "not-run",
    };

    /// <summary>A count of failures with what it says of the true share.</summary>
    public static XElement WithShare(string failures, CallerFigures caller)
    {
        var cell = Figure(failures, bad: caller.Failed > 0);
        cell.Add(" ", El("span", Class("share"), $"({Figures.ShortShare(caller.Failed, caller.Requests, caller.FailureBound)})"));
        return cell;
    }

    private static IEnumerable<XElement> Rows(ScenarioResult scenario, string id)
    {
        var span = At("rowspan", Math.Max(1, scenario.Callers.Length).ToString(System.Globalization.CultureInfo.InvariantCulture));
        var key = KeyFigures.Of(scenario.Timeline);
        yield return El("tr",
            El("td", span, Class("n"), $"{scenario.Fault}"),
            El("th", At("scope", "row"), span, El("a", At("href", "#" + id), scenario.Title)),
            El("td", span, Badge(scenario.Verdict)),
            Caller(scenario.Callers.FirstOrDefault()),
            El("td", span, Class("n"), Figures.Ms(key.DetectMs)),
            El("td", span, Class("n"), Figures.Ms(key.RerouteMs)),
            El("td", span, Class("n"), Figures.Ms(key.EvictMs)));
        foreach (var caller in scenario.Callers.Skip(1))
            yield return El("tr", Caller(caller));
    }

    private static IEnumerable<XElement> Caller(CallerFigures? caller)
    {
        if (caller is null)
            return Enumerable.Range(0, 4).Select(i => El("td", Class(i == 0 ? "who" : "n"), Figures.None));
        return
        [
            El("td", Class("who"), caller.Caller),
            WithShare(Figures.Of(caller.Failed, caller.Requests), caller),
            Figure(Figures.Count(caller.Wrong), bad: caller.Wrong > 0),
            Figure(Figures.Ms(caller.PMaxMs)),
        ];
    }

    private static XElement NotRun(ScenarioResult scenario) => El("tr", Class("not-run"),
        El("td", Class("n"), $"{scenario.Fault}"),
        El("th", At("scope", "row"), scenario.Title),
        El("td", Badge(scenario.Verdict)),
        El("td", At("colspan", "7"), scenario.Reason ?? Figures.None));
}
