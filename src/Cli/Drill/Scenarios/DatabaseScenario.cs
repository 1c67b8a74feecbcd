using System.Text.Json;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class DatabaseScenario : IScenario
{
    /// <summary>Of the first sign: a silo reads the table every 3 s and waits 2 s for an answer.</summary>
    private static readonly TimeSpan SayLimit = TimeSpan.FromSeconds(15);

    public string Name => "database";

    public int Fault => 10;

    public Bilingual Title => new("数据库断开", "database gone");

    public Bilingual How => new("停止 PostgreSQL 2 分钟", "PostgreSQL stopped 2 min");

    public Bilingual PassLine => new("0 失败;状态显示降级;恢复后一切正常", "0 failed; status says degraded; clean after it returns");

    public string? WhyNotRun(DrillEnvironment environment) => environment.WhyNotDatabase;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var database = run.Cluster.Database!;
        await run.BeginAsync(cancellationToken);
        await database.StopAsync();
        var gone = run.Mark(MarkKind.Injection, "", "PostgreSQL stopped");
        var degraded = await run.Clock.UntilAsync(() => run.Probe.AllSayAsync("degraded"), SayLimit, cancellationToken);
        run.RequireWithin(new("每个网关的 /v1/cluster 显示 degraded", "/v1/cluster of every gateway says degraded"), SayLimit, degraded);
        if (degraded is not null)
            run.Mark(MarkKind.Detection, "", (await run.Probe.ViewAsync(run.Cluster.Gateways[0]))?.Reasons ?? "");
        var state = await StateAsync(run, cancellationToken);
        run.Require(new("evergrain status --json 的 state", "state in evergrain status --json"), "degraded", state, state == "degraded");

        var away = TimeSpan.FromSeconds(run.Quick ? 20 : 120);
        await run.Clock.DelayAsync(away - (run.Clock.Now - gone), cancellationToken);
        await database.StartAsync(cancellationToken);
        run.Mark(MarkKind.Healed, "", "PostgreSQL started");
        var healthy = await run.Clock.UntilAsync(() => run.Probe.AllSayAsync("healthy"), SayLimit, cancellationToken);
        run.RequireWithin(new("恢复后 /v1/cluster 显示 healthy", "/v1/cluster says healthy after it returned"), SayLimit, healthy);
        run.Mark(MarkKind.Recovery, "", "healthy again");
        await run.SettleAsync(cancellationToken);
        state = await StateAsync(run, cancellationToken);
        run.Require(new("恢复后 evergrain status --json 的 state", "state in evergrain status --json after it returned"), "ready", state, state == "ready");
        await run.StopLoadAsync();
        run.RequireNoneFailed();
        run.RequireNoneWrong();
        var lost = run.Events.Since(gone).Count(e => e.Kind is GatewayEvents.Lost or GatewayEvents.Evicted);
        run.Require(new("失去或被除名的 silo", "silos lost or evicted"), "0", Texts.Of(lost), lost == 0);
    }

    private static async Task<string> StateAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        // Its exit code says the same as the state.
        var status = await run.Cluster.CommandAsync(["status", "--json"], cancellationToken);
        using var json = JsonDocument.Parse(status.Output);
        return json.RootElement.TryGetProperty("state", out var state) ? state.ToString() : "none";
    }
}
