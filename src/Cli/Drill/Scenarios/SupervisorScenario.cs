using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class SupervisorScenario : IScenario
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    public string Name => "supervisor";

    public int Fault => 30;

    public Bilingual Title => new("监督进程被杀死", "supervisor killed");

    public Bilingual How => new("kill -9 evergrain up", "kill -9 of `up`");

    public Bilingual PassLine => new(
        "子进程察觉、排空并在 15 秒内结束;没有孤儿进程;下一次启动正常",
        "children notice, drain and end < 15 s; nothing orphaned; the next `./run` starts clean");

    public string? WhyNotRun(DrillEnvironment environment) => environment.WhyNotOwn;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        var config = run.Cluster.Config.File;
        var up = run.Cluster.Ups[0];
        var children = (await run.Cluster.ProcessesAsync(cancellationToken)).Select(p => p.Pid).OfType<int>().ToList();
        run.Mark(MarkKind.Injection, "", "kill -9 of up");
        Signals.Send(up.Pid, Signal.Kill);
        var ended = await run.Clock.UntilAsync(() => !children.Any(ProcessFacts.IsAlive), EndLimit * 2, cancellationToken);
        run.Mark(MarkKind.Other, "", "every child has ended");
        run.RequireWithin(new("所有子进程结束", "every child ended"), EndLimit, ended);
        var left = ProcessFacts.AllOf(config);
        run.Require(new("留下的进程", "processes left"), "none", left.Count == 0 ? "none" : string.Join(", ", left), left.Count == 0);

        await up.WaitForExitAsync(cancellationToken);
        var start = run.Clock.Now;
        await run.Cluster.UpAsync(cancellationToken);
        run.Mark(MarkKind.Recovery, "", "the next up is ready");
        run.RequireWithin(new("下一次 up 就绪", "the next up is ready"), DrillCluster.ReadyLimit, run.Clock.Now - start);
        await run.SettleAsync(cancellationToken);
        await run.StopLoadAsync();
        run.RequireNoneWrong();
    }
}
