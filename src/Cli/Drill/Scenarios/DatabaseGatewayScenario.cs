using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class DatabaseGatewayScenario : IScenario
{
    private static readonly TimeSpan ServesLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    public string Name => "database-gateway";

    public int Fault => 12;

    public Bilingual Title => new("数据库断开后网关重启", "database gone, gateway restarted");

    public Bilingual How => new("停止 PostgreSQL,再 kill -9 一个网关", "PostgreSQL stopped, then kill -9 of a gateway");

    public Bilingual PassLine => new("网关 5 秒内恢复服务(它从不需要数据库)", "gateway serves < 5 s (it never needs the database)");

    public string? WhyNotRun(DrillEnvironment environment) => environment.WhyNotDatabase;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var gateway = run.Cluster.Gateways[^1];
        await run.BeginAsync(cancellationToken);
        await run.Cluster.Database!.StopAsync();
        run.Mark(MarkKind.Injection, "", "PostgreSQL stopped");
        await run.Clock.DelayAsync(Settled, cancellationToken);
        var loss = await GatewayLoss.InjectAsync(run, gateway, Signal.Kill, "kill -9", cancellationToken);
        await loss.WaitUntilServesAsync(ServesLimit + Settled, cancellationToken);
        run.RequireWithin(Texts.About(gateway.Name, "恢复服务", "serves again"), ServesLimit, loss.Back);
        await run.Clock.DelayAsync(Settled, cancellationToken);
        await run.Cluster.Database.StartAsync(cancellationToken);
        run.Mark(MarkKind.Healed, "", "PostgreSQL started");
        await run.SettleAsync(cancellationToken);
        await run.StopLoadAsync();
        run.RequireNoneFailed(run.TwoUrl);
        loss.RequireOnlyItsOwnFailed();
        run.RequireNoneWrong();
    }
}
