using System.Collections.Immutable;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.UnitTests.Drill.Report;

/// <summary>A small drill: one fault passed with two kinds of callers, one failed, one did not run.</summary>
internal static class SampleReport
{
    public static DrillReport Create() => new()
    {
        EvergrainVersion = "1.2.3",
        StartedAt = new DateTimeOffset(2026, 7, 1, 14, 3, 22, TimeSpan.FromHours(8)),
        Took = TimeSpan.FromSeconds(1392.5),
        Machine = "Debian GNU/Linux 12, 2 cores",
        Model = "情感模型 1.2.0 (3fa2c1d9)",
        Membership = "sqlite",
        Cluster = "2 silos, 2 gateways",
        CapacityPerSecond = 343.2,
        RatePerSecond = 120,
        Scenarios = [Kill(), Freeze(), NotRun()],
    };

    public static ScenarioResult Kill() => Scenario("kill", 1, "节点进程被杀", "silo killed", Verdict.Passed) with
    {
        Took = TimeSpan.FromSeconds(40),
        Callers = [Caller("双地址", "two-URL", 4321, 0, 331.4), Caller("单地址", "one-URL", 2000, 4, 5000)],
        Checks =
        [
            new Check(new("失败的请求", "failed requests"), "0", "0 of 4,321", true),
            new Check(new("改道", "time to reroute"), "< 250 ms", "41 ms", true),
        ],
        Timeline = Line(40, 1, Mark(10, MarkKind.Injection), Mark(10.036, MarkKind.Detection), Mark(10.041, MarkKind.Reroute), Mark(11.3, MarkKind.Eviction), Mark(18.7, MarkKind.Recovery)),
    };

    public static ScenarioResult Freeze() => Scenario("freeze", 2, "节点被冻结", "silo frozen", Verdict.Failed) with
    {
        Reason = "line one\nline two",
        Callers = [Caller("双地址", "two-URL", 800, 12, 5000)],
        Checks = [new Check(new("最长等待", "longest wait"), "≤ 1 s", "5.00 s", false)],
        Timeline = Line(40, 0.5) with
        {
            Buckets = [Bucket(0, 20, 0), Bucket(0.5, 20, 12), Bucket(1, 0, 0) with { P50Ms = double.NaN, MaxMs = double.NaN, ServedBy = ImmutableSortedDictionary<string, int>.Empty }],
        },
    };

    public static ScenarioResult NotRun() => Scenario("database-gone", 10, "数据库不可用", "database gone", Verdict.NotRun) with
    {
        Reason = "membership is an SQLite file",
    };

    public static Timeline Line(int buckets, double seconds, params ImmutableArray<TimelineMark> marks) => new()
    {
        BucketSeconds = seconds,
        Buckets = [.. Enumerable.Range(0, buckets).Select(i => Bucket(i * seconds, 20, 0))],
        Marks = marks,
    };

    public static TimelineBucket Bucket(double at, int sent, int failed) => new()
    {
        At = at,
        Sent = sent,
        Failed = failed,
        P50Ms = 11,
        MaxMs = 48.5,
        ServedBy = ImmutableSortedDictionary<string, int>.Empty.Add("silo-a", (sent - failed) / 2).Add("silo-b", sent - failed - ((sent - failed) / 2)),
    };

    public static TimelineMark Mark(double at, MarkKind kind, string silo = "silo-a") => new(at, kind, silo, $"{kind} of {silo}");

    public static CallerFigures Caller(string zh, string en, int requests, int failed, double pMaxMs) => new()
    {
        Caller = new(zh, en),
        Requests = requests,
        Failed = failed,
        Wrong = 0,
        P50Ms = 10.8,
        P99Ms = 41,
        PMaxMs = pMaxMs,
        LongestGapMs = 212,
        ExtraAttempts = 37,
    };

    private static ScenarioResult Scenario(string name, int fault, string zh, string en, Verdict verdict) => new()
    {
        Name = name,
        Fault = fault,
        Title = new(zh, en),
        How = new($"怎样：{name}", $"how: {name}"),
        PassLine = new($"标准：{name}", $"line: {name}"),
        Verdict = verdict,
    };
}
