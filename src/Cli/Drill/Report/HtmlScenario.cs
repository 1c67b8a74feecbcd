using System.Globalization;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Report.Chart;
using Evergrain.Cli.Drill.Results;
using static Evergrain.Cli.Drill.Report.Html;

namespace Evergrain.Cli.Drill.Report;

/// <summary>One fault: what was done, how it was judged, what callers saw, and the scenario second by second.</summary>
internal static class HtmlScenario
{
    /// <summary>By position, not by name: an id must be unique whatever the scenarios are called.</summary>
    public static string IdOf(int index) => string.Create(CultureInfo.InvariantCulture, $"s{index + 1}");

    public static XElement Of(ScenarioResult scenario, string id) => El("section", Class("scenario"), At("id", id),
        El("h2", El("span", Class("number"), $"{scenario.Fault}"), " ", scenario.Title, " ", HtmlSummary.Badge(scenario.Verdict)),
        El("dl", Class("how"),
            Entry("怎样制造", "How it was made", scenario.How),
            Entry("通过标准", "Pass line", scenario.PassLine),
            Entry("命令名 · 用时", "Name · took", Took(scenario))),
        Reason(scenario),
        Checks(scenario),
        Callers(scenario),
        scenario.Timeline is { Buckets.IsEmpty: false } timeline ? TimelineFigure(timeline, id, scenario.Title) : null);

    private static Bilingual Took(ScenarioResult scenario)
    {
        var took = Figures.Duration(scenario.Took);
        return new($"{scenario.Name} · {took.Zh}", $"{scenario.Name} · {took.En}");
    }

    private static XElement Entry(string zh, string en, Bilingual text) => El("div", El("dt", new Bilingual(zh, en)), El("dd", text));

    private static XElement? Reason(ScenarioResult scenario) => string.IsNullOrWhiteSpace(scenario.Reason) ? null : El("p",
        Class(scenario.Verdict == Verdict.Failed ? "reason bad" : "reason"),
        El("strong", new Bilingual("说明", "Note")), " ", scenario.Reason);

    private static XElement? Checks(ScenarioResult scenario) => scenario.Checks.IsEmpty ? null : El("table", Class("checks"),
        El("thead", El("tr", Column("检查", "Check"), Column("要求", "Limit"), Column("实测", "Measured"), Column("结果", "Result"))),
        El("tbody", scenario.Checks.Select(c => El("tr",
            El("th", At("scope", "row"), c.What),
            El("td", c.Limit),
            El("td", c.Measured),
            c.Passed
                ? El("td", Class("good"), "✓ ", new Bilingual("达到", "met"))
                : El("td", Class("bad"), "✗ ", new Bilingual("未达到", "missed"))))));

    private static XElement? Callers(ScenarioResult scenario) => scenario.Callers.IsEmpty ? null : El("table", Class("callers"),
        El("thead", El("tr",
            Column("调用者", "Callers"), FigureColumn("请求", "Requests"), FigureColumn("失败（比例）", "Failed (share)"),
            FigureColumn("答错", "Wrong"), FigureColumn("中位数", "p50"), FigureColumn("99 分位", "p99"), FigureColumn("最长", "pMax"),
            FigureColumn("最长中断", "Longest gap"), FigureColumn("额外尝试", "Extra attempts"))),
        El("tbody", scenario.Callers.Select(c => El("tr",
            El("th", At("scope", "row"), c.Caller),
            Figure(Figures.Count(c.Requests)),
            HtmlSummary.WithShare(Figures.Count(c.Failed), c),
            Figure(Figures.Count(c.Wrong), bad: c.Wrong > 0),
            Figure(Figures.Ms(c.P50Ms)), Figure(Figures.Ms(c.P99Ms)), Figure(Figures.Ms(c.PMaxMs)), Figure(Figures.Ms(c.LongestGapMs)),
            Figure(Figures.Count(c.ExtraAttempts))))));

    private static XElement TimelineFigure(Timeline timeline, string id, Bilingual title) => El("figure",
        El("div", Class("chart"), TimelineChart.Draw(timeline, id, title)),
        timeline.Marks.IsEmpty ? null : Marks(timeline));

    private static XElement Marks(Timeline timeline) => El("table", Class("marks"),
        El("caption", new Bilingual("时间线", "What happened when")),
        El("thead", El("tr",
            FigureColumn("#", "#"), FigureColumn("时刻", "At"), FigureColumn("注入后", "After the injection"),
            Column("事件", "Event"), Column("节点", "Silo"), Column("详情", "Detail"))),
        El("tbody", NumberedMark.Of(timeline).Select(m => El("tr",
            Figure($"{m.Number}"),
            Figure(Figures.Moment(m.Mark.At)),
            Figure(m.SinceInjection is { } since ? "+" + Figures.Moment(since) : Figures.None),
            El("td", Class("kind " + MarkStyle.ClassOf(m.Mark.Kind)), Words.Of(m.Mark.Kind)),
            El("td", m.Mark.Silo),
            El("td", m.Mark.Text)))));
}
