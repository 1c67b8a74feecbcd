using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class AllSilosScenario : IScenario
{
    private static readonly TimeSpan RefusedWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RecoverLimit = TimeSpan.FromSeconds(15);

    public string Name => "all-silos";

    public int Fault => 13;

    public Bilingual Title => new("所有 silo 都死了", "all silos gone");

    public Bilingual How => new("同时 kill -9 所有 silo", "kill -9 of every silo at once");

    public Bilingual PassLine => new("1 秒内回 503 和 Retry-After;15 秒内自行恢复", "503 + Retry-After in < 1 s; recovers by itself < 15 s");

    public string? WhyNotRun(DrillEnvironment environment) => null;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        // A caller with two addresses would ask twice; what one gateway says is what is judged.
        await run.BeginAsync(cancellationToken, run.OneUrl);
        var pids = await Task.WhenAll(run.Cluster.Silos.Select(silo => run.Cluster.PidAsync(silo, cancellationToken)));
        var at = run.Mark(MarkKind.Injection, "", "kill -9 of every silo");
        foreach (var pid in pids)
            Signals.Send(pid, Signal.Kill);
        await run.Clock.UntilAsync(() => !pids.Any(ProcessFacts.IsAlive), RefusedWithin, cancellationToken);
        var gone = run.Mark(MarkKind.Other, "", "every silo is gone");
        var served = await run.Clock.UntilAsync(() => run.Samples.Any(s => s.Answered && s.Due > gone), RecoverLimit * 2, cancellationToken);
        var back = run.Mark(MarkKind.Recovery, "", "answers again");
        await run.Cluster.WaitUntilReadyAsync(RecoverLimit * 2, cancellationToken);
        await run.SettleAsync(cancellationToken);
        await run.StopLoadAsync();

        run.RequireWithin(new("恢复回答", "answers again"), RecoverLimit, served is null ? null : back - at);
        var refused = run.Samples.Where(s => s.Due > gone && s.Failure is not null).ToList();
        var right = refused.Where(s => s is { Status: 503, HasRetryAfter: true }).ToList();
        run.Require(new("此间的拒绝都是 503 加 Retry-After", "every refusal meanwhile a 503 with Retry-After"), "all",
            $"{right.Count} of {refused.Count}{(right.Count < refused.Count ? $": {refused.Except(right).First().Failure}" : "")}", refused.Count > 0 && right.Count == refused.Count);
        run.RequireWithin(new("最长等待拒绝的时间", "longest wait for a refusal"), RefusedWithin, refused.Count == 0 ? null : refused.Max(s => s.Latency));
        run.RequireNoneWrong();
    }
}
