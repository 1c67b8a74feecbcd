using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class GatewayFreezeScenario : IScenario
{
    private static readonly TimeSpan WatchdogLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ServesLimit = TimeSpan.FromSeconds(10);

    public string Name => "gateway-freeze";

    public int Fault => 29;

    public Bilingual Title => new("网关被冻结", "gateway frozen");

    public Bilingual How => new("SIGSTOP 一个网关,不再放开", "SIGSTOP of a gateway, for good");

    public Bilingual PassLine => new(
        "双地址调用方 0 失败,pMax ≤ 2 s + 预算;看门狗 10 秒内杀死它,单地址调用方恢复",
        "two-URL callers: 0 failed, pMax ≤ 2 s + budget; the watchdog kills it within 10 s, one-URL callers served again");

    public string? WhyNotRun(DrillEnvironment environment) => null;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        var loss = await GatewayLoss.InjectAsync(run, run.Cluster.Gateways[0], Signal.Stop, "SIGSTOP for good", cancellationToken);
        await loss.WaitUntilGoneAsync(WatchdogLimit * 2, cancellationToken);
        run.RequireWithin(Texts.About(loss.Gateway.Name, "看门狗杀死它", "killed by the watchdog"), WatchdogLimit, loss.Gone);
        if (loss.Gone is not null)
            run.Mark(MarkKind.Other, loss.Gateway.Name, "killed by the watchdog");
        await loss.WaitUntilServesAsync(ServesLimit, cancellationToken);
        await run.SettleAsync(cancellationToken);
        await run.StopLoadAsync();
        run.RequireNoneFailed(run.TwoUrl);
        run.RequirePMax(run.TwoUrl.Attempt + ScenarioRun.Budget, run.TwoUrl);
        loss.RequireOnlyItsOwnFailed();
        run.RequireNoneWrong();
    }
}
