using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class DeviceDiesScenario : DeviceFailureScenario
{
    /// <summary>The known answers are asked as soon as a run has failed.</summary>
    private static readonly TimeSpan Found = TimeSpan.FromSeconds(2);

    public override string Name => "device-dies";

    public override int Fault => 19;

    public override Bilingual Title => new("设备失效", "device dies");

    public override Bilingual How => new(
        "测试构建:一个 silo 的会话从此每次运行都抛出 CUDA 错误 700", "test build: from now on every run of one silo's sessions throws CUDA failure 700");

    public override Bilingual PassLine => new(
        "Failed,排空,以退出码 70 结束,重启,0 失败", "Failed, drained, exit 70, restarted, 0 failed");

    public override async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        var failure = await FailAsync(run, SessionFault.Sticky, "its sessions throw CUDA failure 700", Found, cancellationToken);
        await failure.Loss.NoteFullCapacityAsync(cancellationToken);
        await run.StopLoadAsync();

        JudgeFailure(run, failure, Found);
        run.RequireNoneFailed();
        run.RequireNoneWrong();
    }
}
