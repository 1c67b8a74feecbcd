using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class SteadyScenario : IScenario
{
    private const double Share = 0.7;
    private const double Flat = 1.05;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    public string Name => "steady";

    public int Fault => 0;

    public Bilingual Title => new("长时间高负载", "a long time at a high load");

    public Bilingual How => new("容量的 70 %,一小时,没有故障", "70 % of capacity for an hour, no fault");

    public Bilingual PassLine => new(
        "常驻内存、句柄和线程平稳:最后一刻钟 ≤ 第二刻钟的 1.05 倍", "resident memory, handles and threads flat: last quarter ≤ 1.05 × second quarter");

    public bool OnlyWhenNamed => true;

    public string? WhyNotRun(DrillEnvironment environment) => environment.WhyNotOwn;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var length = run.LengthOr(TimeSpan.FromHours(1), quick: TimeSpan.FromMinutes(2));
        var capacity = await CapacityTest.MeasureAsync(run.Cluster, run.OneUrl, ReviewTexts.Bodies, WarmUp, run.Clock.Time, cancellationToken);
        await using var resources = ResourceLog.Start(run, TimeSpan.FromSeconds(run.Quick ? 1 : 10));
        await run.BeginAsync(new LoadOptions { PerSecond = Share * capacity, Kinds = [run.OneUrl], Connect = run.Cluster.Connect }, cancellationToken);
        var start = run.Mark(MarkKind.Injection, "", $"{Texts.Of(Share * capacity)} requests/s");
        await run.Clock.DelayAsync(length, cancellationToken);
        await run.StopLoadAsync();
        run.Note(new("负载", "load"), $"{Texts.Of(Share * capacity)}/s of {Texts.Of(capacity)}/s");
        var quarter = length / 4;
        resources.RequireFlat((start + quarter, start + 2 * quarter), (start + 3 * quarter, start + length), Flat);
        run.RequireNoneFailed();
        run.RequireNoneWrong();
    }
}
