using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class DrainScenario : IScenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>How long a drained silo is watched, and how long the database is away before the second round.</summary>
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(3);

    /// <summary>From the answer of `drain` on, what was due earlier may still be on its way back.</summary>
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(500);

    public string Name => "drain";

    public int Fault => 3;

    public Bilingual Title => new("silo 排空", "silo drained");

    public Bilingual How => new("SIGTERM,以及 evergrain drain;数据库断开时再各做一次", "SIGTERM, and `evergrain drain`; both again with the database gone");

    public Bilingual PassLine => new("0 失败,0 重试,15 秒内以 0 退出", "0 failed, 0 retries, exit 0 within 15 s");

    public string? WhyNotRun(DrillEnvironment environment) => environment.WhyNotOwn;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var (first, last) = (run.Cluster.Silos[0], run.Cluster.Silos[^1]);
        await run.BeginAsync(cancellationToken);
        var hedges = await run.Probe.HedgesAsync();
        await TerminateAsync(run, first, "SIGTERM", cancellationToken);
        await RequireBackAsync(run, first, cancellationToken);
        await run.SettleAsync(cancellationToken);
        await DrainAsync(run, last, "evergrain drain", cancellationToken);

        if (run.Cluster.Database is { } database)
        {
            await run.SettleAsync(cancellationToken);
            await database.StopAsync();
            run.Mark(MarkKind.Injection, "", "database stopped");
            await run.Clock.DelayAsync(Watched, cancellationToken);
            await DrainAsync(run, last, "evergrain drain, database gone", cancellationToken);
            await run.SettleAsync(cancellationToken);
            // Last: a silo that has ended cannot join again before the database is back.
            await TerminateAsync(run, first, "SIGTERM, database gone", cancellationToken);
            await run.Clock.DelayAsync(Watched, cancellationToken);
            await database.StartAsync(cancellationToken);
            run.Mark(MarkKind.Healed, "", "database started");
            await RequireBackAsync(run, first, cancellationToken);
            await run.SettleAsync(cancellationToken);
        }
        else
        {
            run.Note(new("数据库断开时的两项", "both with the database gone"), $"not done: {DrillEnvironment.NeedsPostgreSql}");
        }

        await run.StopLoadAsync();
        run.RequireNoneFailed();
        run.RequireNoneWrong();
        // The copies of late calls are attempts too, but nothing was tried again for them.
        hedges = await run.Probe.HedgesAsync() - hedges;
        var extra = Figures.ExtraAttempts(run.Samples);
        run.Require(new("重试(X-Attempts 超过 1,减去对冲)", "retries (X-Attempts over 1, less hedges)"), "0",
            $"{Texts.Of(Math.Max(0, extra - hedges))} ({extra} extra attempts, {Texts.Of(hedges)} hedges)", extra <= hedges);
    }

    /// <summary>SIGTERM: drains, leaves and ends with 0; the supervisor starts it again because nobody asked it to end.</summary>
    private static async Task TerminateAsync(ScenarioRun run, string silo, string text, CancellationToken cancellationToken)
    {
        var pid = await run.Cluster.PidAsync(silo, cancellationToken);
        run.Mark(MarkKind.Injection, silo, text);
        Signals.Send(pid, Signal.Terminate);
        var ended = await run.Clock.UntilAsync(() => !ProcessFacts.IsAlive(pid), Limit + Watched, cancellationToken);
        run.Mark(MarkKind.Other, silo, "ended");
        run.RequireWithin(Texts.About(silo, $"退出({text})", $"ended ({text})"), Limit, ended);
        string? exit = null;
        await run.Clock.UntilAsync(
            async () => (exit = (await run.Cluster.ProcessAsync(silo, cancellationToken)) is { } report && report.Pid != pid ? report.LastExit : null) is not null,
            TimeSpan.FromSeconds(2), cancellationToken);
        run.Require(Texts.About(silo, $"退出码({text})", $"exit code ({text})"), "exit code 0", exit ?? Texts.Missing, exit == new ProcessEnd(0).ToString());
    }

    private static async Task RequireBackAsync(ScenarioRun run, string silo, CancellationToken cancellationToken)
    {
        var back = await run.Cluster.WaitUntilReadyAsync(Limit, cancellationToken);
        run.RequireWithin(Texts.About(silo, "恢复服务", "back in service"), Limit, back);
        run.Mark(MarkKind.Recovery, silo, "ready again");
    }

    /// <summary>`evergrain drain`: the process stays and takes no work, until `undrain`.</summary>
    private static async Task DrainAsync(ScenarioRun run, string silo, string text, CancellationToken cancellationToken)
    {
        var pid = await run.Cluster.PidAsync(silo, cancellationToken);
        var start = run.Mark(MarkKind.Injection, silo, text);
        var drain = await run.Cluster.CommandAsync(["drain", silo], cancellationToken);
        var drained = run.Mark(MarkKind.Other, silo, "drained");
        run.Require(Texts.About(silo, text, text), "exit code 0", Describe(drain), drain.ExitCode == 0);
        run.RequireWithin(Texts.About(silo, $"排空({text})", $"drained ({text})"), Limit, drained - start);
        await run.Clock.DelayAsync(Watched, cancellationToken);
        var until = run.Clock.Now;
        var served = run.Samples.Count(s => s.Answered && s.ServedBy == silo && s.Due > drained + OnTheWay && s.Due < until);
        run.Require(Texts.About(silo, "排空期间的答案", "answers while drained"), "0", Texts.Of(served), served == 0);
        run.Require(Texts.About(silo, "进程保留", "its process stays"), $"pid {pid}", $"pid {await run.Cluster.PidAsync(silo, cancellationToken)}", ProcessFacts.IsAlive(pid));

        var undrain = await run.Cluster.CommandAsync(["undrain", silo], cancellationToken);
        var undrained = run.Mark(MarkKind.Healed, silo, "evergrain undrain");
        run.Require(Texts.About(silo, "undrain", "undrain"), "exit code 0", Describe(undrain), undrain.ExitCode == 0);
        var serves = await run.Clock.UntilAsync(() => run.Samples.Any(s => s.ServedBy == silo && s.Answered && s.Due > undrained), Limit, cancellationToken);
        run.RequireWithin(Texts.About(silo, "再次服务", "serves again"), Limit, serves);
        run.Mark(MarkKind.Recovery, silo, "serves again");
    }

    private static string Describe(ToolRun.Result result) => result.ExitCode == 0 ? "exit code 0" : $"exit code {result.ExitCode}: {(result.Error + result.Output).Trim()}";
}
