using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class DeviceMemoryScenario : TelemetryScenario
{
    private const int Full = 86;

    /// <summary>Under the upper mark, over the lower.</summary>
    private const int Between = 80;
    private const int Room = 70;
    private const int AllFull = 90;

    /// <summary>Three samples, one each half second, and a report.</summary>
    private static readonly TimeSpan OutWithin = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan QuickFullFor = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan BetweenFor = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AllFullFor = TimeSpan.FromSeconds(10);

    public override string Name => "device-memory";

    public override int Fault => 17;

    public override Bilingual Title => new("设备内存", "device memory");

    public override Bilingual How => new(
        $"脚本遥测:一个 silo 的设备内存 {Full} %,然后 {Between} %,再到 {Room} %;之后所有 silo {AllFull} %,10 秒",
        $"scripted telemetry: one silo's device memory {Full} % full, then {Between} %, then {Room} %; afterwards all of them {AllFull} % for 10 s");

    public override Bilingual PassLine => new(
        "2.5 秒内退出轮转;低于 75 % 后回来;最后一个 silo 从不退出", "out of rotation < 2.5 s; back under 75 %; the last silo never leaves");

    public override async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var silo = run.Cluster.Silos[^1];
        var healthy = await BeginAsync(run, cancellationToken);

        Say(run, [silo], memory: Full);
        var full = await LookOnAsync(run, run.Mark(MarkKind.Injection, silo, $"memory {Full} %"), run.Quick ? QuickFullFor : FullFor, cancellationToken);
        Say(run, [silo], memory: Between);
        var between = await LookOnAsync(run, run.Mark(MarkKind.Other, silo, $"memory {Between} %"), BetweenFor, cancellationToken);
        Say(run, [silo], memory: Room);
        var back = await WaitUntilBackAsync(run, silo, healthy, run.Mark(MarkKind.Healed, silo, $"memory {Room} %"), cancellationToken);

        Say(run, run.Cluster.Silos, memory: AllFull);
        var allFull = await LookOnAsync(run, run.Mark(MarkKind.Injection, "", $"memory {AllFull} % everywhere"), AllFullFor, cancellationToken);
        Say(run, run.Cluster.Silos);
        run.Mark(MarkKind.Healed, "", $"memory {CalmMemory} % everywhere");
        await run.SettleAsync(cancellationToken);
        await run.StopLoadAsync();

        run.RequireNoneFailed();
        run.RequireNoneWrong();
        run.RequireHealthy(healthy);
        RequireNone(run, silo, new($"{Texts.Of(OutWithin)}之后得到的请求", $"calls it got from {Texts.Of(OutWithin)} on"), full with { From = full.From + OutWithin });
        RequireNone(run, silo, new($"{Between} % 时得到的请求", $"calls it got at {Between} %"), between);
        JudgeReturn(run, silo, healthy, back);
        var asked = allFull.Of(run.Samples);
        var answered = asked.Count(s => s.Answered);
        run.Require(
            new($"所有设备内存 {AllFull} % 时的回答", $"answers while all are {AllFull} % full"), "all", $"{answered} of {asked.Count}", asked.Count > 0 && answered == asked.Count);
    }

    private static void RequireNone(ScenarioRun run, string silo, Bilingual what, Span span)
    {
        var sent = span.Of(run.Samples);
        var got = sent.Count(s => s.ServedBy == silo);
        run.Require(Texts.About(silo, what.Zh, what.En), "0", $"{got} of {sent.Count}", sent.Count > 0 && got == 0);
    }
}
