using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report;

internal enum Tone
{
    Good,
    Bad,
    Caution,
}

/// <summary>The drill in one line, for somebody who reads no further.</summary>
internal sealed record Conclusion(Tone Tone, string Symbol, Bilingual Headline, Bilingual Detail)
{
    /// <summary>Faults that must be judged failed where failover is off: silo killed, silo frozen.</summary>
    private static readonly int[] SelfTestFaults = [1, 2];

    public static Conclusion Of(DrillReport report)
    {
        var passed = Count(Verdict.Passed);
        var failed = Count(Verdict.Failed);
        var notRun = Count(Verdict.NotRun);
        var counts = new Bilingual(
            $"{passed} 项通过，{failed} 项未通过" + (notRun == 0 ? "。" : $"，{notRun} 项未运行（不算通过）。"),
            $"{passed} passed, {failed} failed" + (notRun == 0 ? "." : $", {notRun} did not run (no pass)."));
        if (report.SelfTest)
            return SelfTest(report, counts);
        if (passed + failed == 0)
            return new Conclusion(Tone.Caution, "○", new("没有运行任何场景", "Nothing ran"), counts);
        return report.Passed
            ? new Conclusion(Tone.Good, "✓", Words.Of(Verdict.Passed), counts)
            : new Conclusion(Tone.Bad, "✗", Words.Of(Verdict.Failed), counts);

        int Count(Verdict verdict) => report.Scenarios.Count(s => s.Verdict == verdict);
    }

    private static Conclusion SelfTest(DrillReport report, Bilingual counts)
    {
        var expected = report.Scenarios.Where(s => SelfTestFaults.Contains(s.Fault) && s.Verdict != Verdict.NotRun).ToList();
        var noticed = expected.Count > 0 && expected.All(s => s.Verdict == Verdict.Failed);
        var detail = noticed
            ? new Bilingual(
                "故障 1、2 如预期被判未通过：演练看得出故障。这不是对产品的评价。",
                "Faults 1 and 2 were judged failed, as they must be: the drill notices. This says nothing about the product.")
            : new Bilingual(
                "故障 1、2 没有都被判未通过：演练没有看出故障，其结论不可信。",
                "Faults 1 and 2 were not judged failed: the drill did not notice, and its verdicts cannot be trusted.");
        return new Conclusion(
            noticed ? Tone.Caution : Tone.Bad, noticed ? "✓" : "✗",
            new("自检：故障转移已关闭", "Self-test: failover was OFF"),
            new(detail.Zh + counts.Zh, $"{detail.En} {counts.En}"));
    }
}
