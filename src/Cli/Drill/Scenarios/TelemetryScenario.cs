using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Scenarios;

/// <summary>A fault that telemetry tells of: runs on a cluster whose silos hear of their devices from a script. The devices themselves do as always.</summary>
internal abstract class TelemetryScenario : IScenario
{
    /// <summary>Per cent of a device that has little to do.</summary>
    protected const int CalmLoad = 30;

    /// <summary>Per cent of its memory in use.</summary>
    protected const int CalmMemory = 12;

    /// <summary>This much of a silo's share, and it has come back.</summary>
    private const double Whole = 0.8;

    /// <summary>What is waited for: a little more, so that late answers do not turn the verdict.</summary>
    private const double Waited = 0.9;

    /// <summary>In which a share is counted.</summary>
    protected static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QuickHealthy = TimeSpan.FromSeconds(6);

    /// <summary>A slow start lasts 10 s.</summary>
    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(15);

    /// <summary>A call that was due longer ago has been answered, as a rule.</summary>
    private static readonly TimeSpan Answered = TimeSpan.FromMilliseconds(200);

    public abstract string Name { get; }

    public abstract int Fault { get; }

    public abstract Bilingual Title { get; }

    public abstract Bilingual How { get; }

    public abstract Bilingual PassLine { get; }

    public string? WhyNotRun(DrillEnvironment environment)
        => environment.WhyNotOwn ?? (environment.Config.Silos.Length < 2 ? "needs two silos in the YAML file" : null);

    public Task<DrillCluster>? OpenClusterAsync(DrillEnvironment environment, CancellationToken cancellationToken)
        => OwnCluster.OpenAsync(environment, cancellationToken, Scripted, programs: Install);

    public abstract Task RunAsync(ScenarioRun run, CancellationToken cancellationToken);

    /// <summary>Has the telemetry of some silos say so from now on.</summary>
    protected static void Say(ScenarioRun run, IEnumerable<string> silos, int load = CalmLoad, int memory = CalmMemory)
    {
        var telemetry = ScriptedTelemetry.Of(run.Cluster.Config);
        foreach (var silo in silos)
            telemetry.Say(silo, load, memory);
    }

    /// <summary>Starts the load and looks on while all is well.</summary>
    protected static async Task<Span> BeginAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        // A new cluster: its gateways give its silos their share over ten seconds.
        await WaitForShareAsync(run, run.Cluster.Silos[^1], Whole / run.Cluster.Silos.Length, cancellationToken);
        return await LookOnAsync(run, run.Clock.Now, run.Quick ? QuickHealthy : Healthy, cancellationToken);
    }

    protected static async Task<Span> LookOnAsync(ScenarioRun run, TimeSpan from, TimeSpan length, CancellationToken cancellationToken)
    {
        await run.Clock.DelayAsync(from + length - run.Clock.Now, cancellationToken);
        return new Span(from, run.Clock.Now);
    }

    /// <summary>Waits until a silo has its share again, and some time more.</summary>
    /// <returns>From <paramref name="healed"/> until then.</returns>
    protected static async Task<Span> WaitUntilBackAsync(ScenarioRun run, string silo, Span healthy, TimeSpan healed, CancellationToken cancellationToken)
    {
        await WaitForShareAsync(run, silo, Waited * UsualShare(run, silo, healthy), cancellationToken);
        return await LookOnAsync(run, healed, run.Clock.Now - healed + Window, cancellationToken);
    }

    /// <summary>Its share grew again, and did not come at once. Call it once the load has stopped.</summary>
    protected static void JudgeReturn(ScenarioRun run, string silo, Span healthy, Span back)
    {
        var usual = UsualShare(run, silo, healthy);
        var first = Spans.Share(run.Samples, back with { Until = back.From + Window }, silo);
        run.Require(
            Texts.About(silo, $"解除后最初 {Texts.Of(Window)}的份额", $"its share in the first {Texts.Of(Window)} afterwards"),
            $"≤ {Texts.Percent(usual / 2)}", Texts.Percent(first), first <= usual / 2);
        var half = Spans.ShareRose(run.Samples, back, silo, usual / 2, Window);
        run.Note(Texts.About(silo, "恢复一半份额", "half of its share"), half is { } time ? Texts.Of(time) : "never");
        var whole = Spans.ShareRose(run.Samples, back, silo, usual * Whole, Window);
        run.RequireWithin(Texts.About(silo, $"恢复 {Texts.Percent(Whole)} 的份额", $"{Texts.Percent(Whole)} of its share"), WholeLimit, whole);
        if (whole is { } at)
            run.MarkAt(back.From + at, MarkKind.Recovery, silo, "has its share again");
    }

    /// <summary>What it had, at most an even share: which of two equals gets more is a matter of chance, and drifts.</summary>
    private static double UsualShare(ScenarioRun run, string silo, Span healthy) => Math.Min(Spans.Share(run.Samples, healthy, silo), 1.0 / run.Cluster.Silos.Length);

    /// <summary>Until a silo has that share; a little longer than a return may take, so that one that is late is seen to be.</summary>
    private static Task<TimeSpan?> WaitForShareAsync(ScenarioRun run, string silo, double share, CancellationToken cancellationToken)
    {
        return run.Clock.UntilAsync(HasIt, WholeLimit + Window, cancellationToken);

        bool HasIt()
        {
            var until = run.Clock.Now - Answered;
            return Spans.Share(run.Samples, new Span(until - Window, until), silo) >= share;
        }
    }

    private static EvergrainConfig Scripted(EvergrainConfig config)
        => config with { Silos = [.. config.Silos.Select(s => s with { Telemetry = "nvidia-smi" })] };

    private static string Install(EvergrainConfig config)
    {
        var telemetry = ScriptedTelemetry.Of(config);
        telemetry.Install();
        foreach (var silo in config.Silos)
            telemetry.Say(silo.Name, CalmLoad, CalmMemory);
        return telemetry.Programs;
    }
}
