using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class DeviceLiesScenario : DeviceFailureScenario
{
    /// <summary>30 s where people do not ask for less.</summary>
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(10);

    /// <summary>One interval, and the probe itself on a device that is at work.</summary>
    private static readonly TimeSpan Found = ProbeInterval + TimeSpan.FromSeconds(3);

    public override string Name => "device-lies";

    public override int Fault => 18;

    public override Bilingual Title => new("设备给出错误结果", "device lies");

    public override Bilingual How => new(
        "测试构建:一个 silo 的会话先对每个文本给出同样的 logits,恢复后再给出 NaN;已知答案每 10 秒检查一次(默认 30 秒)",
        "test build: one silo's sessions give the same logits for every text; once it is back, NaN; known answers are asked every 10 s (default: 30 s)");

    public override Bilingual PassLine => new(
        "一个间隔内被已知答案检查发现;退出,进程重启,发现之后不再给出错误标签",
        "caught by the known-answer probe ≤ one interval; out, process restarted, no wrong label served after detection");

    public override async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        var constants = await FailAsync(run, SessionFault.Constants, "its sessions answer every text alike", Found, cancellationToken);
        var numbers = await FailAsync(run, SessionFault.NotANumber, "its sessions answer NaN", Found, cancellationToken);
        await numbers.Loss.NoteFullCapacityAsync(cancellationToken);
        await run.StopLoadAsync();

        JudgeFailure(run, constants, Found);
        JudgeFailure(run, numbers, Found);
        Span[] unknown = [constants.Unknown, numbers.Unknown];
        var wrong = run.Samples.Where(run.Known.IsWrong).ToList();
        var before = wrong.Count(s => unknown.Any(span => span.Holds(s.Done)));
        run.Require(new("被发现之前的错误答案", "wrong answers before it was found out"), "1 or more: else it lied to nobody", Texts.Of(before), before > 0);
        run.RequireAtMost(
            new($"{Texts.Of(OnTheWay)}(途中的答案)之后的错误答案", $"wrong answers from {Texts.Of(OnTheWay)} later on, for what was on its way"), 0, wrong.Count - before);
        var failed = run.Samples.Where(s => s.Failure is not null).ToList();
        var early = failed.Count(s => unknown.Any(span => span.Holds(s.Done)));
        run.Note(new("被发现之前的失败请求", "failed requests before it was found out"), Texts.Of(early));
        run.RequireAtMost(new($"{Texts.Of(OnTheWay)}之后的失败请求", $"failed requests from {Texts.Of(OnTheWay)} later on"), 0, failed.Count - early);
    }

    protected override EvergrainConfig Change(EvergrainConfig config) => config with { Engine = config.Engine with { ProbeInterval = ProbeInterval } };
}
