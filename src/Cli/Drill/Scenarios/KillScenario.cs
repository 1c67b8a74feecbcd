using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class KillScenario : IScenario
{
    private static readonly TimeSpan Rerouted = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Evicted = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(15);

    public string Name => "kill";

    public int Fault => 1;

    public Bilingual Title => new("silo 被杀死", "silo killed");

    public Bilingual How => new("kill -9,五次,两个 silo 轮流,每次都等两者重新 Ready", "kill -9, five times, alternating silos, each once both are Ready again");

    public Bilingual PassLine => new(
        "0 失败,0 错误;改道 < 250 ms;除名 < 2.5 s;pMax ≤ 预算;< 15 s 自行恢复",
        "0 failed, 0 wrong; rerouted < 250 ms; evicted < 2.5 s; pMax ≤ budget; back in service < 15 s, nobody called");

    public string? WhyNotRun(DrillEnvironment environment) => null;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        var kills = run.Quick ? 2 : 5;
        for (var i = 0; i < kills; i++)
        {
            await run.SettleAsync(cancellationToken);
            var loss = await SiloLoss.InjectAsync(run, run.Cluster.Silos[i % run.Cluster.Silos.Length], Signal.Kill, $"kill -9 ({i + 1} of {kills})", cancellationToken);
            var times = await loss.WaitUntilBackAsync(Back, cancellationToken);
            var who = $"{loss.Silo} ({i + 1})";
            run.RequireWithin(Texts.About(who, "改道", "rerouted"), Rerouted, times.Rerouted);
            run.RequireWithin(Texts.About(who, "除名", "evicted"), Evicted, times.Evicted);
            run.RequireWithin(Texts.About(who, "恢复服务", "back in service"), Back, loss.ProcessBack is { } process && times.Back is { } calls ? Max(process, calls) : null);
            await loss.NoteFullCapacityAsync(cancellationToken);
        }
        await run.StopLoadAsync();
        run.RequireNoneFailed();
        run.RequireNoneWrong();
        run.RequirePMax(ScenarioRun.Budget);
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
