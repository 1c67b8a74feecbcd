using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class VanishScenario : IScenario
{
    private static readonly TimeSpan HangUp = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan DroppedWithin = TimeSpan.FromSeconds(2);

    public string Name => "vanish";

    public int Fault => 23;

    public Bilingual Title => new("调用方中途消失", "clients that vanish");

    public Bilingual How => new("一半的调用方 5 毫秒后挂断", "half of the callers hang up after 5 ms");

    public Bilingual PassLine => new("他们的请求从队列中丢弃;其他人的 p99 不变", "their work is dropped from the queue; the others' p99 unchanged");

    public string? WhyNotRun(DrillEnvironment environment) => null;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var phase = TimeSpan.FromSeconds(run.Quick ? 8 : 20);
        var half = new LoadOptions { PerSecond = run.Rate / 2, Kinds = [run.OneUrl, run.TwoUrl], Connect = run.Cluster.Connect };
        await run.BeginAsync(half, cancellationToken);
        // Before, the other half stays on the line as well: the load is the same.
        var start = run.Clock.Now;
        await using (LoadGenerator.Start(half with { Seed = 2 }, run.Clock))
            await run.Clock.DelayAsync(phase, cancellationToken);
        var failures = await FailuresAsync(run);

        var hangUp = run.Mark(MarkKind.Injection, "", "half of the callers hang up");
        int hungUp;
        await using (var vanishing = LoadGenerator.Start(half with { Seed = 3, Kinds = [CallerKind.Vanishing(run.Cluster.Shared, HangUp)] }, run.Clock))
        {
            await run.Clock.DelayAsync(phase, cancellationToken);
            hungUp = (await vanishing.StopAsync()).Count(s => !s.Answered);
        }
        var healed = run.Mark(MarkKind.Healed, "", "the last one has hung up");
        await run.StopLoadAsync();
        run.Require(new("挂断的请求", "requests that hung up"), "> 0", Texts.Of(hungUp), hungUp > 0);

        var before = TimeSpan.FromMilliseconds(Figures.Quantile(run.Samples.Where(s => s.Due >= start && s.Due < hangUp), 0.99));
        var during = TimeSpan.FromMilliseconds(Figures.Quantile(run.Samples.Where(s => s.Due >= hangUp && s.Due < healed), 0.99));
        run.RequireWithin(new("其他人的 p99(之前的 2 倍 + 20 毫秒)", "the others' p99 (2 × before + 20 ms)"), 2 * before + Slack, during);
        var dropped = await run.Clock.UntilAsync(() => IsIdleAsync(run, cancellationToken), DroppedWithin * 2, cancellationToken);
        run.RequireWithin(new("silo 的队列和在途归零", "queue and in-flight of the silos back to 0"), DroppedWithin, dropped);
        run.RequireAtMost(new("计为 silo 失败的次数", "counted as a silo's failure"), 0, await FailuresAsync(run) - failures);
        run.RequireAtMost(new("摘除次数", "ejections"), 0, run.Events.Since(start).Count(e => e.Kind == GatewayEvents.Ejected));
        run.RequireNoneFailed();
        run.RequireNoneWrong();
    }

    private static Task<double> FailuresAsync(ScenarioRun run) => run.Probe.SumAsync("evergrain_client_attempts_total", "outcome=\"failed\"", "outcome=\"lost\"");

    private static async Task<bool> IsIdleAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        using var probe = new HealthProbe(TimeSpan.FromSeconds(1));
        foreach (var silo in run.Cluster.Config.Silos)
        {
            var status = await probe.ReadAsync<SiloStatus>(ProcessLayout.AdminAddress(silo), SiloStatus.Path, cancellationToken);
            if (status?.Load is not { } load || load.GetProperty("inFlight").GetInt64() > 0 || load.GetProperty("queuedTokens").GetInt64() > 0)
                return false;
        }
        return true;
    }
}
