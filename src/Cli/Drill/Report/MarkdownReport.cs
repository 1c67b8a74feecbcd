using System.Globalization;
using System.Text;
using Evergrain.Cli.Drill.Results;
using static Evergrain.Cli.Drill.Report.MarkdownText;

namespace Evergrain.Cli.Drill.Report;

/// <summary>The report for a repository's documentation: English first, no pictures, a link to the HTML for these.</summary>
internal static class MarkdownReport
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static string Write(DrillReport report, string htmlName)
    {
        var page = new StringBuilder();
        Header(page, report, htmlName);
        Summary(page, report);
        Reading(page);
        foreach (var scenario in report.Scenarios.Where(s => s.Verdict != Verdict.NotRun))
            Scenario(page, scenario);
        NotRun(page, report);
        return page.ToString();
    }

    private static void Header(StringBuilder page, DrillReport report, string htmlName)
    {
        var conclusion = Conclusion.Of(report);
        page.Append("# The fault drill · 灾备演练报告\n\n");
        page.Append(Invariant, $"**{conclusion.Symbol} {conclusion.Headline.En} · {conclusion.Headline.Zh}.** {Escape(conclusion.Detail.En)}\n\n");
        page.Append(Invariant, $"Every fault second by second, with charts, to print and to sign: [{htmlName}]({htmlName}) ");
        page.Append("(download it and open it in a browser).\n\n");
        page.Append(Row("", "")).Append(Separator(2));
        foreach (var (term, value) in Facts.Of(report))
            page.Append(Row($"{term.En} · {term.Zh}", Escape(value.En)));
        page.Append('\n');
    }

    private static void Summary(StringBuilder page, DrillReport report)
    {
        page.Append("## Summary · 总表\n\n");
        page.Append(Row("#", "Fault", "故障", "Verdict", "Failed / requests", "Wrong", "pMax", "Detected", "Rerouted", "Evicted"));
        page.Append(Separator(10));
        foreach (var scenario in report.Scenarios)
        {
            var key = KeyFigures.Of(scenario.Timeline);
            page.Append(Row(
                scenario.Fault.ToString(CultureInfo.InvariantCulture), Escape(scenario.Title.En), Escape(scenario.Title.Zh), VerdictOf(scenario),
                Callers(scenario, c => Who(scenario, c) + FailedOf(c)),
                Callers(scenario, c => Figures.Count(c.Wrong)),
                Callers(scenario, c => Figures.Ms(c.PMaxMs)),
                Figures.Ms(key.DetectMs), Figures.Ms(key.RerouteMs), Figures.Ms(key.EvictMs)));
        }
        page.Append('\n');
    }

    private static void Reading(StringBuilder page)
    {
        page.Append("### How to read this · 怎样读这份报告\n\n");
        foreach (var (term, meaning) in Words.Reading)
            page.Append(Invariant, $"- **{term.En}**: {Escape(meaning.En)}\n  {term.Zh}：{Escape(meaning.Zh)}\n");
        page.Append('\n');
    }

    private static void Scenario(StringBuilder page, ScenarioResult scenario)
    {
        page.Append(Invariant, $"## {scenario.Fault}. {Escape(scenario.Title.En)} · {Escape(scenario.Title.Zh)}: {VerdictOf(scenario)}\n\n");
        page.Append(Invariant, $"How: {Escape(scenario.How.En)}  \nPass line: {Escape(scenario.PassLine.En)}\n\n");
        if (scenario.Reason is { } reason)
            page.Append(Invariant, $"> {Escape(reason)}\n\n");
        if (!scenario.Checks.IsEmpty)
        {
            page.Append(Row("Check", "检查", "Limit", "Measured", "")).Append(Separator(5));
            foreach (var check in scenario.Checks)
            {
                page.Append(Row(
                    Escape(check.What.En), Escape(check.What.Zh), Escape(check.Limit), Escape(check.Measured),
                    check.Passed ? "✓ met" : "✗ **missed**"));
            }
            page.Append('\n');
        }
        if (!scenario.Callers.IsEmpty)
        {
            page.Append(Row("Callers", "Failed / requests", "Wrong", "p50", "p99", "pMax", "Longest gap", "Extra attempts")).Append(Separator(8));
            foreach (var c in scenario.Callers)
            {
                page.Append(Row(
                    Escape(c.Caller.En), FailedOf(c), Figures.Count(c.Wrong), Figures.Ms(c.P50Ms), Figures.Ms(c.P99Ms), Figures.Ms(c.PMaxMs),
                    Figures.Ms(c.LongestGapMs), Figures.Count(c.ExtraAttempts)));
            }
            page.Append('\n');
        }
        Marks(page, scenario.Timeline);
    }

    private static void Marks(StringBuilder page, Timeline? timeline)
    {
        if (timeline is null || timeline.Marks.IsEmpty)
            return;
        page.Append("What happened when · 时间线:\n\n");
        foreach (var mark in timeline.Marks.OrderBy(m => m.At))
        {
            page.Append(Invariant, $"- {Figures.Moment(mark.At)}: {Words.Of(mark.Kind).En} · {Words.Of(mark.Kind).Zh}");
            page.AppendJoin("", new[] { mark.Silo, mark.Text }.Where(t => t.Length > 0).Select(t => ", " + Escape(t))).Append('\n');
        }
        page.Append('\n');
    }

    private static void NotRun(StringBuilder page, DrillReport report)
    {
        var notRun = report.Scenarios.Where(s => s.Verdict == Verdict.NotRun).ToList();
        if (notRun.Count == 0)
            return;
        page.Append("## Did not run (no pass) · 未运行（不算通过）\n\n");
        foreach (var scenario in notRun)
        {
            page.Append(Invariant, $"- {scenario.Fault}. {Escape(scenario.Title.En)} · {Escape(scenario.Title.Zh)}: ");
            page.Append(Escape(scenario.Reason ?? "no reason was given")).Append('\n');
        }
        page.Append('\n');
    }

    private static string VerdictOf(ScenarioResult scenario)
        => $"{Words.SymbolOf(scenario.Verdict)} {Words.Of(scenario.Verdict).En}";

    private static string FailedOf(CallerFigures caller)
        => $"{Figures.Of(caller.Failed, caller.Requests)} ({Figures.Share(caller.Failed, caller.Requests, caller.FailureBound).En})";

    /// <summary>One figure a kind of caller, a line each.</summary>
    private static string Callers(ScenarioResult scenario, Func<CallerFigures, string> figure)
        => scenario.Callers.IsEmpty ? Figures.None : string.Join("<br>", scenario.Callers.Select(figure));

    /// <summary>The callers' name, where there is more than one kind.</summary>
    private static string Who(ScenarioResult scenario, CallerFigures caller)
        => scenario.Callers.Length > 1 ? Escape(caller.Caller.En) + ": " : "";
}
