using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Network;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class OneWayScenario : NetworkScenario
{
    private static readonly TimeSpan Lost = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Healed = TimeSpan.FromSeconds(15);

    public override string Name => "one-way";

    public override int Fault => 7;

    public override Bilingual Title => new("单向丢包", "one-way loss");

    public override Bilingual How => new(
        "网关发往一个 silo 的数据包全部丢弃 10 秒,回包照常;恢复后再反过来",
        "all packets from the gateways to one silo dropped for 10 s while replies pass; healed; then the reverse");

    public override Bilingual PassLine => new("0 失败", "0 failed");

    public override async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        await LoseAsync(
            run, new("网关 → silo", "gateways → silo"), Network.SiloB, new PacketLoss(Network.Gateways.Address), cancellationToken);
        await run.SettleAsync(cancellationToken);
        await LoseAsync(
            run, new("silo → 网关", "silo → gateways"), Network.Gateways, new PacketLoss(Network.SiloB.Address), cancellationToken);
        await run.StopLoadAsync();
        run.RequireNoneFailed();
        run.RequireNoneWrong();
    }

    private async Task LoseAsync(ScenarioRun run, Bilingual direction, NetworkNode receiver, PacketLoss loss, CancellationToken cancellationToken)
    {
        var silo = run.Cluster.Silos[1];
        var injected = run.Mark(MarkKind.Injection, silo, $"all packets {direction.En} lost");
        await receiver.LoseAsync([loss], cancellationToken);
        await run.Clock.DelayAsync(Lost, cancellationToken);
        var healed = run.Mark(MarkKind.Healed, silo, $"{direction.En} passes again");
        await Network.Lab.HealAsync(cancellationToken);
        var whole = await run.WaitUntilWholeAsync(healed, silo, cancellationToken);
        if (whole is { } took)
            run.MarkAt(healed + took, MarkKind.Recovery, silo, "answers callers again");

        var failed = new Span(injected, healed).Of(run.Samples).Count(s => s.Failure is not null);
        run.RequireAtMost(new($"{direction.Zh}:失败请求", $"{direction.En}: failed requests"), 0, failed);
        run.RequireWithin(new($"{direction.Zh}:恢复", $"{direction.En}: healed"), Healed, whole);
    }
}
