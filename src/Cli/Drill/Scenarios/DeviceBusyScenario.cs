using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class DeviceBusyScenario : TelemetryScenario
{
    private const int Busy = 80;
    private const int AllBusy = 90;

    /// <summary>Of what it had: its calls go elsewhere.</summary>
    private const double Avoided = 0.1;

    /// <summary>Of what it had, in any two seconds: it stays so. Copies of late calls may go there all the time.</summary>
    private const double StaysAvoided = 0.3;

    private const double TakenBack = 0.75;

    /// <summary>Once hot, once cool again.</summary>
    private const int MostChanges = 2;

    private static readonly int[] Sweep = [60, 65, 70, 75, 80, 85, 90, 85, 80, 75, 70, 65, 60];
    private static readonly TimeSpan SweepStep = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Fallen = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan QuickBusyFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AllBusyFor = TimeSpan.FromSeconds(10);

    public override string Name => "device-busy";

    public override int Fault => 16;

    public override Bilingual Title => new("设备过载", "device overloaded");

    public override Bilingual How => new(
        $"脚本遥测:一个 silo 的设备负载 {Busy} %,20 秒;所有 silo {AllBusy} %,10 秒;再让一个以每秒 5 个百分点从 60 % 升到 90 % 并降回",
        $"scripted telemetry: one silo's device {Busy} % busy for 20 s; all of them {AllBusy} % for 10 s; then one from 60 to 90 % and back, five points a second");

    public override Bilingual PassLine => new("1 秒内新请求改去别处;负载下降后逐渐回来", "new calls go elsewhere < 1 s; come back gradually after it falls");

    public override async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var silo = run.Cluster.Silos[^1];
        var healthy = await BeginAsync(run, cancellationToken);

        Say(run, [silo], load: Busy);
        var busy = await LookOnAsync(run, run.Mark(MarkKind.Injection, silo, $"load {Busy} %"), run.Quick ? QuickBusyFor : BusyFor, cancellationToken);
        Say(run, [silo]);
        var back = await WaitUntilBackAsync(run, silo, healthy, run.Mark(MarkKind.Healed, silo, $"load {CalmLoad} %"), cancellationToken);

        Say(run, run.Cluster.Silos, load: AllBusy);
        var allBusy = await LookOnAsync(run, run.Mark(MarkKind.Injection, "", $"load {AllBusy} % everywhere"), AllBusyFor, cancellationToken);
        Say(run, run.Cluster.Silos);
        await WaitUntilBackAsync(run, silo, healthy, run.Mark(MarkKind.Healed, "", $"load {CalmLoad} % everywhere"), cancellationToken);

        var swept = await SweepAsync(run, silo, cancellationToken);
        await run.StopLoadAsync();

        run.RequireNoneFailed();
        run.RequireNoneWrong();
        run.RequireHealthy(healthy);
        JudgeAvoided(run, silo, healthy, busy);
        JudgeReturn(run, silo, healthy, back);
        JudgeAllBusy(run, allBusy);
        JudgeSweep(run, silo, healthy, swept);
    }

    private static async Task<Span> SweepAsync(ScenarioRun run, string silo, CancellationToken cancellationToken)
    {
        var from = run.Mark(MarkKind.Injection, silo, $"load {Sweep[0]} to {Sweep.Max()} % and back");
        for (var step = 0; step < Sweep.Length; step++)
        {
            Say(run, [silo], load: Sweep[step]);
            await run.Clock.DelayAsync(from + (step + 1) * SweepStep - run.Clock.Now, cancellationToken);
        }
        Say(run, [silo]);
        return await LookOnAsync(run, from, run.Mark(MarkKind.Healed, silo, $"load {CalmLoad} %") - from + Window, cancellationToken);
    }

    private static void JudgeAvoided(ScenarioRun run, string silo, Span healthy, Span busy)
    {
        var before = Spans.Share(run.Samples, healthy, silo);
        if (run.Events.Since(busy.From).FirstOrDefault(e => e.Kind == GatewayEvents.Hot && e.Silo == silo) is { } hot)
            run.MarkAt(run.Clock.Of(hot.At), MarkKind.Detection, silo, "hot");
        var after = busy with { From = busy.From + Fallen };
        var share = Spans.Share(run.Samples, after, silo);
        run.Require(
            Texts.About(silo, $"{Texts.Of(Fallen)}之后的份额", $"its share from {Texts.Of(Fallen)} on"), $"≤ {Texts.Percent(Avoided * before)}",
            $"{Texts.Percent(share)}, healthy: {Texts.Percent(before)}", share <= Avoided * before);
        var most = Spans.MostShare(run.Samples, after, silo, Window);
        run.Require(
            Texts.About(silo, $"其间任意 {Texts.Of(Window)}的最大份额", $"its greatest share in any {Texts.Of(Window)} of that"), $"≤ {Texts.Percent(StaysAvoided * before)}",
            Texts.Percent(most), most <= StaysAvoided * before);
    }

    /// <summary>Half of an even share, after the time in which the first of them may count as the only one.</summary>
    private static void JudgeAllBusy(ScenarioRun run, Span allBusy)
    {
        var least = 0.5 / run.Cluster.Silos.Length;
        foreach (var silo in run.Cluster.Silos)
        {
            var share = Spans.Share(run.Samples, allBusy with { From = allBusy.From + Fallen }, silo);
            run.Require(
                Texts.About(silo, $"所有设备 {AllBusy} % 时的份额", $"its share while all are {AllBusy} % busy"), $"≥ {Texts.Percent(least)}", Texts.Percent(share), share >= least);
        }
    }

    /// <summary>By the gateways' own words, each for itself; where they do not tell of heat, by what the silo was given.</summary>
    private static void JudgeSweep(ScenarioRun run, string silo, Span healthy, Span swept)
    {
        var heat = run.Events.All.Where(e => e.Silo == silo && e.Kind is (GatewayEvents.Hot or GatewayEvents.Cool)).ToList();
        var before = Spans.Share(run.Samples, healthy, silo);
        var (by, changes) = heat.Count > 0
            ? (new Bilingual("网关事件", "by the gateways' events"),
                heat.Where(e => swept.Holds(run.Clock.Of(e.At))).GroupBy(e => e.Gateway).Select(own => own.Count()).DefaultIfEmpty().Max())
            : (new Bilingual("份额", "by its share"), Spans.ShareChanges(run.Samples, swept, silo, Avoided * before, TakenBack * before, Window));
        run.RequireAtMost(
            Texts.About(silo, $"升降一轮中冷热变化次数({by.Zh})", $"changes between hot and cool in one sweep ({by.En})"), MostChanges, changes);
    }
}
