using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class DatabaseKillScenario : IScenario
{
    private static readonly TimeSpan Rerouted = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    public string Name => "database-kill";

    public int Fault => 11;

    public Bilingual Title => new("数据库断开后 silo 被杀死", "database gone, then a silo killed");

    public Bilingual How => new("停止 PostgreSQL,再 kill -9 一个 silo,然后启动 PostgreSQL", "PostgreSQL stopped, then kill -9 of a silo, then PostgreSQL started");

    public Bilingual PassLine => new(
        "0 失败,凭网关自己的证据改道;数据库恢复后 15 秒内 silo 重新加入",
        "0 failed, routed on the gateway's own evidence; the silo joins again < 15 s after the database is back");

    public string? WhyNotRun(DrillEnvironment environment) => environment.WhyNotDatabase;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var database = run.Cluster.Database!;
        await run.BeginAsync(cancellationToken);
        await database.StopAsync();
        run.Mark(MarkKind.Injection, "", "PostgreSQL stopped");
        await run.Clock.DelayAsync(Settled, cancellationToken);
        var loss = await SiloLoss.InjectAsync(run, run.Cluster.Silos[^1], Signal.Kill, "kill -9", cancellationToken);
        await run.Clock.DelayAsync(TimeSpan.FromSeconds(run.Quick ? 6 : 15), cancellationToken);
        await run.Events.RefreshAsync();
        run.RequireWithin(Texts.About(loss.Silo, "改道", "rerouted"), Rerouted, loss.Times.Rerouted);

        await database.StartAsync(cancellationToken);
        var back = run.Mark(MarkKind.Healed, "", "PostgreSQL started");
        await loss.WaitUntilBackAsync(back - loss.At + JoinLimit, cancellationToken);
        run.RequireWithin(Texts.About(loss.Silo, "数据库恢复后重新加入", "joined after the database was back"), JoinLimit, loss.At + loss.ProcessBack - back);
        await run.SettleAsync(cancellationToken);
        await run.StopLoadAsync();
        run.RequireNoneFailed();
        run.RequireNoneWrong();
        run.RequirePMax(ScenarioRun.Budget);
    }
}
