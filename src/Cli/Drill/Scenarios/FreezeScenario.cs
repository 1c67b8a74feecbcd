using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class FreezeScenario : IScenario
{
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Detected = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan Evicted = TimeSpan.FromSeconds(4.5);

    /// <summary>The watchdog takes 10 s, and a kill's limit of 15 s follows.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(25);

    /// <summary>In which a thawed silo could still hand over what it had: it ends itself after about 2 s.</summary>
    private static readonly TimeSpan LateAnswers = TimeSpan.FromSeconds(3);

    public string Name => "freeze";

    public int Fault => 2;

    public Bilingual Title => new("silo 被冻结", "silo frozen");

    public Bilingual How => new("SIGSTOP 6 秒后 SIGCONT;再 SIGSTOP 不再放开", "SIGSTOP 6 s, then SIGCONT; SIGSTOP for good");

    public Bilingual PassLine => new(
        "0 失败;发现 < 800 ms;除名 < 4.5 s;pMax ≤ 预算;迟到的答案不送给任何人;自行恢复(看门狗 10 秒后杀死它)",
        "0 failed; detected < 800 ms; evicted < 4.5 s; pMax ≤ budget; its late answers go nowhere; back by itself (the watchdog kills it after 10 s)");

    public string? WhyNotRun(DrillEnvironment environment) => null;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        var thawed = run.Cluster.Silos[0];
        var loss = await SiloLoss.InjectAsync(run, thawed, Signal.Stop, "SIGSTOP", cancellationToken);
        await run.Clock.DelayAsync(Frozen, cancellationToken);
        Signals.Send(loss.Pid, Signal.Continue);
        var thaw = run.Mark(MarkKind.Healed, thawed, "SIGCONT");
        await JudgeAsync(run, loss, cancellationToken);
        RequireNoAnswerFrom(run, loss, thaw);

        if (!run.Quick)
        {
            await run.SettleAsync(cancellationToken);
            loss = await SiloLoss.InjectAsync(run, run.Cluster.Silos[^1], Signal.Stop, "SIGSTOP for good", cancellationToken);
            await JudgeAsync(run, loss, cancellationToken);
            await loss.NoteFullCapacityAsync(cancellationToken);
        }

        await run.StopLoadAsync();
        run.RequireNoneFailed();
        run.RequireNoneWrong();
        run.RequirePMax(ScenarioRun.Budget);
    }

    private static async Task JudgeAsync(ScenarioRun run, SiloLoss loss, CancellationToken cancellationToken)
    {
        var times = await loss.WaitUntilBackAsync(Back, cancellationToken);
        run.RequireWithin(Texts.About(loss.Silo, "发现", "detected"), Detected, times.Detected);
        run.RequireWithin(Texts.About(loss.Silo, "除名", "evicted"), Evicted, times.Evicted);
        run.RequireWithin(Texts.About(loss.Silo, "自行恢复", "back by itself"), Back, loss.ProcessBack);
    }

    /// <summary>Between the thaw and its next start, the old process may say what it likes: no caller may get it.</summary>
    private static void RequireNoAnswerFrom(ScenarioRun run, SiloLoss loss, TimeSpan thaw)
    {
        var until = loss.ProcessBack is { } back && loss.At + back < thaw + LateAnswers ? loss.At + back : thaw + LateAnswers;
        var late = run.Samples.Count(s => s.Answered && s.ServedBy == loss.Silo && s.Done > thaw && s.Done < until);
        run.Require(Texts.About(loss.Silo, "解冻后的迟到答案", "late answers after the thaw"), "0", Texts.Of(late), late == 0);
    }
}
