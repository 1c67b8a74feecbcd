using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Network;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class BadLinkScenario : NetworkScenario
{
    private static readonly TimeSpan Phase = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan QuickPhase = TimeSpan.FromSeconds(10);

    /// <summary>The cluster is new, and the first seconds of new processes are slow.</summary>
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(5);

    /// <summary>In which a silo that was avoided gets its share again, so that each phase begins with a healthy pair.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongLine = TimeSpan.FromMilliseconds(200);

    public override string Name => "bad-link";

    public override int Fault => 8;

    public override Bilingual Title => new("网络质量差", "bad link");

    public override Bilingual How => new(
        "网关与一个 silo 之间:双向随机丢包 5 %、20 %,再双向各延迟 200 ms(中继),每段 20 秒",
        "between the gateways and one silo: 5 %, then 20 % of packets lost at random both ways, then each direction 200 ms longer (relay); 20 s each");

    public override Bilingual PassLine => new("p99 ≤ 2 × 健康时;每分钟最多驱逐一次", "p99 ≤ 2 × healthy; at most one ejection a minute");

    protected override bool Relayed => true;

    public override async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var length = run.Quick ? QuickPhase : Phase;
        await run.BeginAsync(cancellationToken);
        await run.Clock.DelayAsync(Warm, cancellationToken);
        var begin = run.Clock.Now;
        await run.Clock.DelayAsync(length, cancellationToken);
        var healthy = new Span(begin, run.Clock.Now);

        var phases = new List<(Bilingual What, Span Span)>();
        foreach (var percent in (int[])[5, 20])
            await PhaseAsync(new($"丢包 {percent} %", $"{percent} % loss"), () => LoseAsync(percent, cancellationToken));
        await PhaseAsync(new("延迟 200 ms", "200 ms longer"), () =>
        {
            Network.Relay!.Delay = LongLine;
            return Task.CompletedTask;
        });
        await run.StopLoadAsync();

        run.RequireNoneFailed();
        run.RequireNoneWrong();
        run.RequireHealthy(healthy);
        foreach (var (what, span) in phases)
        {
            run.RequireP99(what, span, healthy, factor: 2);
            run.Note(new($"{what.Zh}:该 silo 的份额", $"{what.En}: the silo's share"), $"{Spans.Share(run.Samples, span, run.Cluster.Silos[1]):P0}");
        }
        var ejections = run.Events.All.Where(e => e.Kind == GatewayEvents.Ejected).Select(e => (e.Gateway, run.Clock.Of(e.At)));
        run.RequireAtMost(
            new("一分钟内的驱逐(每个网关)", "ejections within a minute, per gateway"), 1,
            Spans.MostInAMinute(ejections, new Span(healthy.Until, run.Clock.Now)));

        async Task PhaseAsync(Bilingual what, Func<Task> begin)
        {
            var from = run.Mark(MarkKind.Injection, run.Cluster.Silos[1], what.En);
            await begin();
            await run.Clock.DelayAsync(length, cancellationToken);
            phases.Add((what, new Span(from, run.Mark(MarkKind.Healed, run.Cluster.Silos[1], $"no more {what.En}"))));
            Network.Relay!.Delay = TimeSpan.Zero;
            await Network.Lab.HealAsync(cancellationToken);
            await run.Clock.DelayAsync(Recovery, cancellationToken);
        }
    }

    /// <summary>The relay hides the gateways from the silo: the line is the relay's.</summary>
    private async Task LoseAsync(int percent, CancellationToken cancellationToken)
    {
        await Network.SiloB.LoseAsync([new PacketLoss(AddressPlan.Switch, percent)], cancellationToken);
        await Network.Lab.LoseAtSwitchAsync([new PacketLoss(Network.SiloB.Address, percent)], cancellationToken);
    }
}
