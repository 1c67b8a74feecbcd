using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill;

/// <summary>Runs scenarios one after the other, and has the cluster healthy before each.</summary>
internal sealed class DrillRunner(DrillEnvironment environment, double? rate, DrillProgress progress)
{
    private static readonly TimeSpan HealthyLimit = TimeSpan.FromSeconds(20);

    /// <summary>Share of the pair's capacity beyond which the loss of one half is an overload.</summary>
    private const double TooMuch = 0.4;

    private readonly ImmutableArray<ScenarioResult>.Builder _results = ImmutableArray.CreateBuilder<ScenarioResult>();
    private double _capacity;
    private double _rate;

    /// <param name="scenarios">What to run.</param>
    /// <param name="keepLogs">Where the logs of a cluster go in which something failed.</param>
    /// <param name="cancellationToken">Ends the drill; the clusters are taken down.</param>
    /// <exception cref="UserException">The cluster does not start, or does not answer before any fault.</exception>
    public async Task<DrillReport> RunAsync(IReadOnlyList<IScenario> scenarios, string keepLogs, CancellationToken cancellationToken)
    {
        var (startedAt, clock) = (environment.Time.GetUtcNow(), new ScenarioClock(environment.Time));
        progress.Say(environment.Attached ? "attaching" : "starting the drill's own cluster");
        await using var cluster = environment.Attached
            ? await DrillCluster.AttachAsync(environment.Config, environment.Time, cancellationToken)
            : await OwnCluster.OpenAsync(environment, cancellationToken);
        progress.Say("measuring the capacity");
        _capacity = await CapacityTest.MeasureAsync(cluster, cluster.OneUrl, ReviewTexts.Bodies, TimeSpan.FromSeconds(environment.Quick ? 2 : 4), environment.Time, cancellationToken);
        _rate = rate ?? CapacityTest.RateFor(_capacity);
        progress.Say(string.Create(CultureInfo.InvariantCulture, $"{cluster.Description}, {cluster.Membership}; {_capacity:0} requests/s; faults run at {_rate:0.#}/s"));
        if (_rate > TooMuch * _capacity)
            progress.Say("that is more than one survivor can be expected to carry: this machine is slow or busy, and failures will be its own");
        var known = await KnownAnswers.AskAsync(ReviewTexts.Bodies, cluster.OneUrl, cluster.Connect, clock);

        for (var i = 0; i < scenarios.Count; i++)
        {
            progress.Begin(i + 1, scenarios.Count, scenarios[i]);
            var result = await RunOneAsync(scenarios[i], cluster, known, keepLogs, cancellationToken);
            _results.Add(result);
            progress.End(result);
        }

        return new DrillReport
        {
            EvergrainVersion = EvergrainVersion.Current,
            StartedAt = startedAt,
            Took = clock.Now,
            Machine = string.Create(CultureInfo.InvariantCulture,
                $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30):0} GiB, .NET {Environment.Version}"),
            Model = await ModelName.ReadAsync(environment.Config.Model, cancellationToken),
            Membership = cluster.Membership,
            Cluster = cluster.Description,
            CapacityPerSecond = _capacity,
            RatePerSecond = _rate,
            SelfTest = environment.SelfTest,
            Scenarios = _results.ToImmutable(),
        };
    }

    private async Task<ScenarioResult> RunOneAsync(IScenario scenario, DrillCluster pair, KnownAnswers known, string keepLogs, CancellationToken cancellationToken)
    {
        if (scenario.WhyNotRun(environment) is { } why)
            return NotRun(scenario, why);
        DrillCluster? own = null;
        try
        {
            if (scenario.OpenClusterAsync(environment, cancellationToken) is { } opening)
                own = await opening;
            else
                await RequireHealthyAsync(pair, cancellationToken);
        }
        catch (UserException e)
        {
            return NotRun(scenario, e.Message) with { Verdict = Verdict.Failed };
        }
        try
        {
            var result = await JudgeAsync(scenario, own ?? pair, known, cancellationToken);
            if (result.Verdict == Verdict.Failed && !environment.Attached)
                KeptLogs.Copy((own ?? pair).Logs, Path.Combine(keepLogs, scenario.Name));
            return result;
        }
        finally
        {
            if (own is not null)
                await own.DisposeAsync();
        }
    }

    private async Task<ScenarioResult> JudgeAsync(IScenario scenario, DrillCluster cluster, KnownAnswers known, CancellationToken cancellationToken)
    {
        await using var run = new ScenarioRun(environment, cluster, known, _rate);
        progress.Watch(run);
        string? reason = null;
        try
        {
            await scenario.RunAsync(run, cancellationToken);
        }
#pragma warning disable CA1031 // Whatever went wrong is this scenario's verdict; the others still run.
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            reason = e is UserException ? e.Message : $"{e.GetType().Name}: {e.Message}";
        }
        finally
        {
            progress.Watch(null);
        }
        await run.StopLoadAsync();
        return run.Result(scenario, reason);
    }

    /// <summary>A scenario that left something broken has had its verdict; the next one starts on a whole cluster.</summary>
    private async Task RequireHealthyAsync(DrillCluster cluster, CancellationToken cancellationToken)
    {
        if (await cluster.WaitUntilReadyAsync(HealthyLimit, cancellationToken) is not null)
            return;
        if (environment.Attached)
            throw new UserException("the cluster is not healthy: see `evergrain status`");
        progress.Say("the cluster is not healthy; starting it anew");
        await cluster.RestartAsync(cancellationToken);
    }

    private static ScenarioResult NotRun(IScenario scenario, string why) => new()
    {
        Name = scenario.Name,
        Fault = scenario.Fault,
        Title = scenario.Title,
        How = scenario.How,
        PassLine = scenario.PassLine,
        Verdict = Verdict.NotRun,
        Reason = why,
    };
}
