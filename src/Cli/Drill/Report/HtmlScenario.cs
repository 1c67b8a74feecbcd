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

    private static XElement? Reason(ScenarioResult scenario) => string.IsNullOrWhiteSpace(scenario.Reason)
        ? null
        : El("p", Class(scenario.Verdict == Verdict.Failed ? "reason bad" : "reason"), El("strong", new Bilingual("说明", "Note")), " ", scenario.Reason);

    private static XElement? Checks(ScenarioResult scenario) => scenario.Checks.IsEmpty ? null : El("table", Class("checks"),
        El("thead", El("tr", Column("检查", "Check"), Column("要求", "Limit"), Column("实测", "Measured"), Column("结果", "Result"))),
        El("tbody", scenario.Checks.Select(c => El("tr",
            El("th", At("scope", "row"), c.What),
            El("td", c.Limit),
            El("td", c.Measured),
            El("td", Class(c.Passed ? "good" : "bad"), c.Passed ? "✓ " : "✗ ", c.Passed ? new Bilingual("达到", "met") : new Bilingual("未达到", "missed"))))));

    private static XElement? Callers(ScenarioResult scenario) => scenario.Callers.IsEmpty ? null : El("table", Class("callers"),
        El("thead", El("tr",
            Column("调用者", "Callers"), Column("请求", "Requests", "n"), Column("失败（真实比例）", "Failed (true share)", "n"), Column("答错", "Wrong", "n"), Column("中位数", "p50", "n"),
            Column("99 分位", "p99", "n"), Column("最长", "pMax", "n"), Column("最长中断", "Longest gap", "n"), Column("额外尝试", "Extra attempts", "n"))),
        El("tbody", scenario.Callers.Select(c => El("tr",
            El("th", At("scope", "row"), c.Caller),
            Number(Figures.Count(c.Requests)),
            El("td", Class(c.Failed == 0 ? "n" : "n bad"), Figures.Count(c.Failed), " ", El("span", Class("share"), $"({Figures.ShortShare(c.Failed, c.Requests, c.FailureBound)})")),
            El("td", Class(c.Wrong == 0 ? "n" : "n bad"), Figures.Count(c.Wrong)),
            Number(Figures.Ms(c.P50Ms)), Number(Figures.Ms(c.P99Ms)), Number(Figures.Ms(c.PMaxMs)), Number(Figures.Ms(c.LongestGapMs)), Number(Figures.Count(c.ExtraAttempts))))));

    private static XElement TimelineFigure(Timeline timeline, string id, Bilingual title) => El("figure",
        El("div", Class("chart"), TimelineChart.Draw(timeline, id, title)),
        timeline.Marks.IsEmpty ? null : Marks(timeline));

    private static XElement Marks(Timeline timeline)
    {
        var marks = NumberedMark.Of(timeline);
        return El("table", Class("marks"),
            El("caption", new Bilingual("时间线", "What happened when")),
            El("thead", El("tr", Column("#", "#", "n"), Column("时刻", "At", "n"), Column("注入后", "After the injection", "n"), Column("事件", "Event"), Column("节点", "Silo"), Column("详情", "Detail"))),
            El("tbody", marks.Select(m => El("tr",
                Number($"{m.Number}"), Number(Figures.Moment(m.Mark.At)), Number(m.SinceInjection is { } since ? "+" + Figures.Moment(since) : Figures.None),
                El("td", Class("kind " + MarkStyle.ClassOf(m.Mark.Kind)), Words.Of(m.Mark.Kind)),
                El("td", m.Mark.Silo), El("td", m.Mark.Text)))));
    }

    private static XElement Number(string figure) => El("td", Class("n"), figure);

    private static XElement Column(string zh, string en, string? kind = null)
        => El("th", At("scope", "col"), kind is null ? null : Class(kind), new Bilingual(zh, en));
}
