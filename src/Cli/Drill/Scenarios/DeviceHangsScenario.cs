using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class DeviceHangsScenario : DeviceFailureScenario
{
    /// <summary>A run may last 10 s. Before that the order has to meet a run, and after it a look, each half second, has to find it.</summary>
    private static readonly TimeSpan Found = TimeSpan.FromSeconds(11);

    public override string Name => "device-hangs";

    public override int Fault => 31;

    public override Bilingual Title => new("会话卡住", "session hangs");

    public override Bilingual How => new("测试构建:一个 silo 的会话的 Run 不再返回", "test build: no Run of one silo's sessions returns any more");

    public override Bilingual PassLine => new(
        "进行中的请求由别处回答;设备在 10 秒内 Failed;进程重启", "in-flight answered elsewhere; device Failed < 10 s; process restarted");

    public override async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        var failure = await FailAsync(run, SessionFault.Hang, "no run of its sessions returns", Found, cancellationToken);
        await failure.Loss.NoteFullCapacityAsync(cancellationToken);
        await run.StopLoadAsync();

        JudgeFailure(run, failure, Found);
        run.RequireNoneFailed();
        run.RequireNoneWrong();
        var meanwhile = new Span(failure.Loss.At, failure.Unknown.Until).Of(run.Samples);
        run.Note(new("被发现之前的最长等待", "longest wait until it was found out"), Texts.Of(TimeSpan.FromMilliseconds(Figures.Quantile(meanwhile, 1))));
        run.Note(new("其间由别处回答的请求", "calls answered elsewhere meanwhile"), $"{meanwhile.Count(s => s.Answered && s.ServedBy != failure.Loss.Silo)} of {meanwhile.Count}");
    }
}
