using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class RollingScenario : IScenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public string Name => "rolling";

    public int Fault => 4;

    public Bilingual Title => new("滚动重启", "rolling restart");

    public Bilingual How => new(
        "evergrain restart --rolling:先逐个重启 silo,再逐个重启网关", "`evergrain restart --rolling`: every silo, then every gateway, one at a time");

    public Bilingual PassLine => new("知道两个网关地址的调用方 0 失败", "0 failed for callers that know both gateways");

    public string? WhyNotRun(DrillEnvironment environment) => environment.WhyNotOwn;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        var before = (await run.Cluster.ProcessesAsync(cancellationToken)).ToDictionary(p => p.Name, p => p.Pid);
        var start = run.Mark(MarkKind.Injection, "", "evergrain restart --rolling");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var restart = await run.Cluster.CommandAsync(["restart", "--rolling"], limit.Token);
        var took = run.Mark(MarkKind.Recovery, "", "done") - start;
        var failure = (restart.Error + restart.Output).Trim();
        run.Require(new("滚动重启", "rolling restart"), "exit code 0", restart.ExitCode == 0 ? "exit code 0" : $"exit code {restart.ExitCode}: {failure}", restart.ExitCode == 0);
        run.Note(new("用时", "took"), Texts.Of(took));
        var same = (await run.Cluster.ProcessesAsync(cancellationToken)).Where(p => before.GetValueOrDefault(p.Name) == p.Pid).Select(p => p.Name).ToList();
        run.Require(new("没有重启的进程", "processes that were not restarted"), "none", same.Count == 0 ? "none" : string.Join(", ", same), same.Count == 0);
        await run.SettleAsync(cancellationToken);
        await run.StopLoadAsync();
        run.RequireNoneFailed(run.TwoUrl);
        run.RequireNoneWrong();
    }
}
