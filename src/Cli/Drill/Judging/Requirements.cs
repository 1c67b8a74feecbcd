using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Judging;

/// <summary>Pass lines that many scenarios share, over the samples of the whole scenario. Call them once the load has stopped.</summary>
internal static class Requirements
{
    /// <summary>0 failed, of all callers or of one kind.</summary>
    public static void RequireNoneFailed(this ScenarioRun run, CallerKind? kind = null)
    {
        var own = Of(run, kind);
        var failed = own.Where(s => s.Failure is not null).ToList();
        var who = kind?.Name ?? new Bilingual("所有调用方", "all callers");
        run.Require(
            new($"{who.Zh}的失败请求", $"failed requests of {who.En}"), "0",
            failed.Count == 0 ? $"0 of {own.Count}" : $"{failed.Count} of {own.Count} ({string.Join("; ", failed.GroupBy(f => f.Failure).Select(g => $"{g.Count()} × {g.Key}").Take(3))})",
            failed.Count == 0 && own.Count > 0);
    }

    public static void RequireNoneWrong(this ScenarioRun run)
    {
        var wrong = run.Samples.Count(run.Known.IsWrong);
        run.Require(new("错误答案(与故障前不同)", "wrong answers (other than before)"), "0", Texts.Of(wrong), wrong == 0);
    }

    public static void RequirePMax(this ScenarioRun run, TimeSpan limit, CallerKind? kind = null)
    {
        var longest = TimeSpan.FromMilliseconds(Figures.Quantile(Of(run, kind), 1));
        var who = kind?.Name ?? new Bilingual("调用方", "a caller");
        run.RequireWithin(new($"{who.Zh}最长等待", $"longest wait of {who.En}"), limit, longest);
    }

    private static List<Sample> Of(ScenarioRun run, CallerKind? kind)
        => [.. run.Samples.Where(s => kind is null ? s.Caller != CallerKind.VanishingKey : s.Caller == kind.Key)];
}
