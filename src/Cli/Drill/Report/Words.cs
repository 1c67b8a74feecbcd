using System.Collections.Immutable;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report;

/// <summary>The report's own words, in both languages.</summary>
internal static class Words
{
    public static Bilingual Of(Verdict verdict) => verdict switch
    {
        Verdict.Passed => new("通过", "Passed"),
        Verdict.Failed => new("未通过", "Failed"),
        _ => new("未运行", "Not run"),
    };

    /// <summary>Beside the word, so that no colour is needed to see it.</summary>
    public static string SymbolOf(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "✓",
        Verdict.Failed => "✗",
        _ => "○",
    };

    public static Bilingual Of(MarkKind kind) => kind switch
    {
        MarkKind.Injection => new("注入", "fault injected"),
        MarkKind.Detection => new("发现", "detected"),
        MarkKind.Reroute => new("改道", "rerouted"),
        MarkKind.Eviction => new("移出", "evicted"),
        MarkKind.Recovery => new("恢复", "back in service"),
        MarkKind.Healed => new("解除", "fault taken back"),
        _ => new("其他", "other"),
    };

    /// <summary>How to read the report, for somebody who has never seen one.</summary>
    public static ImmutableArray<(Bilingual Term, Bilingual Meaning)> Reading { get; } =
    [
        (new("最长等待 pMax", "pMax, the longest wait"), new(
            "任何一位用户等一次答复所用的最长时间，也就是用户真正感受到的“不可用”。平均值和中位数会掩盖它。",
            "The longest time that any user waited for an answer: the unavailability that was felt. Averages and medians hide it.")),
        (new("N 次中失败 0 次", "0 of N failed"), new(
            "没有看到失败，不等于永远不会失败：以 95 % 的把握，真实失败比例低于 3/N。表中“< 0.07 %”就是这个上限；有失败时写实际比例。",
            "None seen is not none ever: with 95 % confidence the true share of failures is below 3/N. “< 0.07 %” in a table is this bound; "
            + "where requests did fail, the share that failed stands there.")),
        (new("延迟", "Latency"), new(
            "从请求按计划应当发出的时刻算起，而不是真正发出的时刻：系统卡住时，排队等待的时间也计入。",
            "Counts from the moment a request was scheduled to be sent, not from when it was sent, so a stall cannot hide the wait it causes.")),
        (new("答错", "Wrong"), new(
            "与故障之前的答案标签不同，且模型并非拿不准（|p − 0.5| > 0.02）。",
            "Another label than before the fault, where the model was not in doubt (|p − 0.5| > 0.02).")),
        (new("发现 · 改道 · 移出", "Detected, rerouted, evicted"), new(
            "从注入故障起，到网关察觉、把请求转给别的节点、集群把节点移出成员表为止的时间。"
            + "取每次注入后的第一个；注入多次时取最慢的一次。请求从不等待“移出”。",
            "Time from the injection until the gateway noticed, sent the calls elsewhere, and the membership removed the silo: the first after "
            + "each injection, and the slowest where there were several. No request waits for an eviction.")),
        (new("最长中断", "Longest gap"), new(
            "没有任何请求成功的最长一段时间。", "The longest time without a single success, between two requests that were due.")),
        (new("额外尝试", "Extra attempts"), new(
            "同一请求第一次之外的尝试：备份请求、重试、转移。用户看不到它们，只算作成本。",
            "Attempts of a request beyond its first: hedges, retries, failovers. No user sees them; they are the cost.")),
        (new("未运行", "Not run"), new(
            "没有运行的场景不算通过，原因写在报告里。", "A scenario that did not run is no pass. The report says why it did not.")),
    ];
}
