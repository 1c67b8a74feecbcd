using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class ClockScenario : IScenario
{
    private static readonly TimeSpan Off = TimeSpan.FromMinutes(5);

    /// <summary>What the silo says of the time comes once a second and takes a moment.</summary>
    private static readonly TimeSpan Inexact = TimeSpan.FromSeconds(5);

    private ShiftedClock? _clock;

    public string Name => "clock";

    public int Fault => 26;

    public Bilingual Title => new("时钟跳变", "clock");

    public Bilingual How => new(
        "一个 silo 的系统时钟先快 5 分钟、再慢 5 分钟、再恢复(libfaketime),各 15 秒",
        "wall clock of one silo stepped to 5 min ahead, then 5 min behind, then right again (libfaketime), 15 s each");

    public Bilingual PassLine => new("0 失败,无误判除名", "0 failed, no false eviction");

    public string? WhyNotRun(DrillEnvironment environment)
        => environment.WhyNotOwn ?? (ShiftedClock.Library is null ? "needs libfaketime: install the faketime package" : null);

    public Task<DrillCluster>? OpenClusterAsync(DrillEnvironment environment, CancellationToken cancellationToken) => OpenAsync(environment, cancellationToken);

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var clock = _clock ?? throw new InvalidOperationException("The cluster was not opened.");
        var silo = run.Cluster.Config.Silos[^1];
        await run.BeginAsync(cancellationToken);
        var pid = await run.Cluster.PidAsync(silo.Name, cancellationToken);
        var first = run.Clock.Now;
        foreach (var (offset, text) in new[] { (Off, "5 min ahead"), (-Off, "5 min behind"), (TimeSpan.Zero, "right") })
        {
            clock.Step(offset);
            run.Mark(offset == TimeSpan.Zero ? MarkKind.Healed : MarkKind.Injection, silo.Name, $"its wall clock is {text}");
            await run.Clock.DelayAsync(TimeSpan.FromSeconds(run.Quick ? 6 : 15), cancellationToken);
            // A step that did not reach the process would prove nothing.
            var seen = await run.Probe.ClockAsync(ProcessLayout.AdminAddress(silo));
            run.Require(Texts.About(silo.Name, $"其时钟({text})", $"its own clock ({text})"), $"{offset.TotalSeconds:+0;-0;0} s", seen is { } ahead ? $"{ahead.TotalSeconds:+0;-0;0} s" : Texts.Missing,
                seen is { } own && (own - offset).Duration() < Inexact);
        }
        await run.SettleAsync(cancellationToken);
        await run.StopLoadAsync();
        run.RequireNoneFailed();
        run.RequireNoneWrong();
        var lost = run.Events.Since(first).Where(e => e.Kind is GatewayEvents.Lost or GatewayEvents.Evicted or GatewayEvents.Failed).ToList();
        run.Require(new("失去或被除名的 silo", "silos lost or evicted"), "0", lost.Count == 0 ? "0" : string.Join("; ", lost.Select(e => $"{e.Silo} {e.Kind}")), lost.Count == 0);
        var now = await run.Cluster.PidAsync(silo.Name, cancellationToken);
        run.Require(Texts.About(silo.Name, "进程保持不变", "its process goes on"), $"pid {pid}", $"pid {now}", now == pid);
    }

    private async Task<DrillCluster> OpenAsync(DrillEnvironment environment, CancellationToken cancellationToken)
    {
        var clock = ShiftedClock.Create(environment.Config.Silos[^1].Name, ProcessLayout.OfThisProgram.Find("Silo"));
        _clock = clock;
        return await OwnCluster.OpenAsync(environment, cancellationToken, siloProgram: clock.Program, prepare: (_, _) => Task.FromResult<IAsyncDisposable>(clock));
    }
}
