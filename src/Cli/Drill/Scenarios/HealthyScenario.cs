using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class HealthyScenario : IScenario
{
    public string Name => "healthy";

    public int Fault => 0;

    public Bilingual Title => new("没有故障,旁边有一个占满处理器的进程", "no fault, beside a process that takes a processor");

    public Bilingual How => new("5 分钟正常负载,旁边运行一个死循环", "5 minutes of normal load beside an endless loop");

    public Bilingual PassLine => new("额外调用 ≤ 5 %;没有摘除;最多 2 次怀疑", "extra calls ≤ 5 %; no ejection; at most 2 suspicions");

    public bool OnlyWhenNamed => true;

    public string? WhyNotRun(DrillEnvironment environment) => null;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        using var loop = ToolRun.Start("/bin/sh", ["-c", "while :; do :; done"]);
        TimeSpan start;
        try
        {
            start = run.Mark(MarkKind.Injection, "", "an endless loop takes a processor");
            await run.Clock.DelayAsync(TimeSpan.FromMinutes(run.Quick ? 1 : 5), cancellationToken);
        }
        finally
        {
            loop.Kill();
        }
        await run.StopLoadAsync();
        var calls = run.Samples.Where(s => s.Due >= start).ToList();
        var extra = Figures.ExtraAttempts(calls);
        var share = 100.0 * extra / Math.Max(1, calls.Count);
        run.Require(new("额外调用(重试与对冲)", "extra calls (retries and hedges)"), "≤ 5 %", $"{Texts.Of(share)} % ({extra} of {calls.Count})", calls.Count > 0 && share <= 5);
        run.RequireAtMost(new("摘除次数", "ejections"), 0, run.Events.Since(start).Count(e => e.Kind == GatewayEvents.Ejected));
        run.RequireAtMost(new("怀疑次数", "suspicions"), 2, run.Events.Since(start).Count(e => e.Kind == GatewayEvents.Suspected));
        run.RequireNoneFailed();
        run.RequireNoneWrong();
    }
}
