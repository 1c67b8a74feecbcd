using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Drill.Slowing;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class SlowSiloScenario : IScenario
{
    private const int Percent = 20;
    private const double Fell = 0.75;

    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(20);

    /// <summary>By then its share has fallen.</summary>
    private static readonly TimeSpan Fallen = TimeSpan.FromSeconds(2);

    /// <summary>In which a share is counted.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan More = TimeSpan.FromMilliseconds(20);

    /// <summary>Slow start lasts 10 s.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(20);

    public string Name => "slow-silo";

    public int Fault => 9;

    public Bilingual Title => new("silo 变慢(灰色故障)", "slow silo (grey failure)");

    public Bilingual How => new("一个 silo 的进程限用 20 % 的一个 CPU 核,20 秒", "one silo's process has 20 % of one core for 20 s");

    public Bilingual PassLine => new(
        "2 秒内其份额下降;此后 p99 ≤ 2 × 健康时 + 20 ms", "its share falls within 2 s; from then on p99 ≤ 2 × healthy + 20 ms");

    public string? WhyNotRun(DrillEnvironment environment)
        => environment.WhyNotOwn ?? (OperatingSystem.IsWindows() ? "needs control groups or signals" : null);

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var silo = run.Cluster.Silos[^1];
        await run.BeginAsync(cancellationToken);
        var begin = run.Clock.Now;
        await run.Clock.DelayAsync(Healthy, cancellationToken);
        var healthy = new Span(begin, run.Clock.Now);

        var pid = await run.Cluster.PidAsync(silo, cancellationToken);
        Span slow;
        string by;
        await using (var limit = CpuLimits.Apply(pid, Percent, run.Clock.Time))
        {
            by = limit.By;
            var from = run.Mark(MarkKind.Injection, silo, $"{Percent} % of one core, by {by}");
            await run.Clock.DelayAsync(Slow, cancellationToken);
            slow = new Span(from, run.Clock.Now);
        }
        var lifted = run.Mark(MarkKind.Healed, silo, "quota lifted");
        TimeSpan? full = null;
        await run.Clock.UntilAsync(
            () => (full = Timelines.FullCapacity(run.Samples, run.Cluster.Silos, lifted, run.Clock.Now)) is not null, Back, cancellationToken);
        if (full is { } at)
            run.MarkAt(at, MarkKind.Recovery, silo, "has its share again");
        await run.StopLoadAsync();

        run.RequireNoneFailed();
        run.RequireNoneWrong();
        run.RequireHealthy(healthy);
        JudgeShare(run, silo, healthy, slow);
        run.RequireP99(new("变慢 2 秒之后", "from 2 s after the quota on"), slow with { From = slow.From + Fallen }, healthy, factor: 2, More);
        run.RequireWithin(new("解除后份额恢复", "share back once the quota is lifted"), Back, full - lifted);
        run.Note(new("限速方式", "slowed by"), by);
    }

    /// <summary>Fallen: by a quarter, which chance alone does not do to a window of this length. How much it keeps afterwards is no matter of
    /// the pass line: a fifth of a core is enough for half of what it had at this rate, so whether it halves is a matter of chance.</summary>
    private static void JudgeShare(ScenarioRun run, string silo, Span healthy, Span slow)
    {
        var before = Spans.Share(run.Samples, healthy, silo);
        var fell = Spans.ShareFell(run.Samples, slow, silo, before * Fell, Window);
        if (fell is { } time)
            run.MarkAt(slow.From + time, MarkKind.Detection, silo, "its share has fallen by a quarter");
        run.RequireWithin(new("份额下降四分之一", "its share fell by a quarter"), Fallen, fell);
        var after = Spans.Share(run.Samples, slow with { From = slow.From + Fallen }, silo);
        run.Note(new("此后的份额", "its share from then on"), $"{Texts.Percent(after)}, healthy: {Texts.Percent(before)}");
    }
}
