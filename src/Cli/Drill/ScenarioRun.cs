using System.Collections.Immutable;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill;

/// <summary>One scenario while it runs: its cluster, its load, what happened when, and what was judged.</summary>
internal sealed class ScenarioRun : IAsyncDisposable
{
    /// <summary>One attempt deadline and one service time on the default model.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly List<TimelineMark> _marks = [];
    private readonly List<Check> _checks = [];
    private LoadGenerator? _load;
    private IReadOnlyList<Sample>? _samples;

    public ScenarioRun(DrillEnvironment environment, DrillCluster cluster, KnownAnswers known, double rate)
    {
        Environment = environment;
        Cluster = cluster;
        Known = known;
        Rate = rate;
        Clock = new ScenarioClock(environment.Time);
        Events = new EventLog(cluster, Clock);
        Probe = new GatewayProbe(cluster, Clock);
        OneUrl = cluster.OneUrl;
        TwoUrl = CallerKind.TwoUrl([.. cluster.Gateways.Select(g => g.Address)]) with { ApiKey = cluster.ApiKey };
    }

    public DrillEnvironment Environment { get; }

    public DrillCluster Cluster { get; }

    public KnownAnswers Known { get; }

    /// <summary>Requests a second.</summary>
    public double Rate { get; }

    public ScenarioClock Clock { get; }

    public EventLog Events { get; }

    public GatewayProbe Probe { get; }

    public CallerKind OneUrl { get; }

    public CallerKind TwoUrl { get; }

    public bool Quick => Environment.Quick;

    /// <param name="usual">The scenario's own length.</param>
    /// <param name="quick">Its length where everything is to be short.</param>
    /// <returns>How long it shall last.</returns>
    public TimeSpan LengthOr(TimeSpan usual, TimeSpan quick) => Environment.Length ?? (Quick ? quick : usual);

    public int Requests => _load?.Finished ?? 0;

    public int Failed => _load?.Failed ?? 0;

    /// <summary>What has ended so far; all once the load has stopped.</summary>
    public IReadOnlyList<Sample> Samples => _samples ?? _load?.Snapshot() ?? [];

    /// <summary>Waits until all is ready, starts the load and waits for a quiet second.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="kinds">Who calls; none: one-URL and two-URL callers, half each.</param>
    /// <exception cref="UserException">The cluster is not healthy.</exception>
    public Task BeginAsync(CancellationToken cancellationToken, params ImmutableArray<CallerKind> kinds)
        => BeginAsync(new LoadOptions { PerSecond = Rate, Kinds = kinds.IsEmpty ? [OneUrl, TwoUrl] : kinds, Connect = Cluster.Connect }, cancellationToken);

    /// <summary>The same with a load of the scenario's own.</summary>
    public async Task BeginAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        _load = LoadGenerator.Start(options, Clock);
        await SettleAsync(cancellationToken);
    }

    /// <summary>Waits until every process is ready, every gateway gives calls to every silo, and nothing has failed for a second.</summary>
    /// <exception cref="UserException">It does not come to that within 20 s.</exception>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        var since = Clock.Now;
        if (await Clock.UntilAsync(IsCalmAsync, QuietLimit, cancellationToken) is null)
            throw new UserException($"the cluster did not become healthy within {QuietLimit.TotalSeconds:0} s:\n{Cluster.Output}");

        async Task<bool> IsCalmAsync()
        {
            var second = Clock.Now - TimeSpan.FromSeconds(1);
            if (second < since || !await Cluster.IsReadyAsync(cancellationToken) || !Cluster.Silos.All(Events.TakesCalls))
                return false;
            return _load is null || Samples.Where(s => s.Done >= second).ToList() is { Count: > 0 } last && last.All(s => s.Failure is null);
        }
    }

    /// <summary>Ends the load and waits for what is open.</summary>
    public async Task<IReadOnlyList<Sample>> StopLoadAsync()
    {
        if (_load is not null)
            _samples ??= [.. (await _load.StopAsync()).OrderBy(s => s.Due)];
        await Events.RefreshAsync();
        return Samples;
    }

    /// <summary>Writes down what happens now.</summary>
    /// <returns>When that is.</returns>
    public TimeSpan Mark(MarkKind kind, string silo, string text)
    {
        var now = Clock.Now;
        MarkAt(now, kind, silo, text);
        return now;
    }

    public void MarkAt(TimeSpan at, MarkKind kind, string silo, string text)
    {
        lock (_lock)
            _marks.Add(new TimelineMark(at.TotalSeconds, kind, silo, text));
    }

    /// <summary>One line of the verdict.</summary>
    public void Require(Bilingual what, string limit, string measured, bool passed)
    {
        lock (_lock)
            _checks.Add(new Check(what, limit, measured, passed));
    }

    /// <summary>A time that must be known and at most <paramref name="limit"/>.</summary>
    public void RequireWithin(Bilingual what, TimeSpan limit, TimeSpan? measured)
        => Require(what, $"≤ {Texts.Of(limit)}", measured is { } time ? Texts.Of(time) : Texts.Missing, measured <= limit);

    public void RequireAtMost(Bilingual what, double limit, double measured) => Require(what, $"≤ {Texts.Of(limit)}", Texts.Of(measured), measured <= limit);

    /// <summary>A figure that no limit is set for.</summary>
    public void Note(Bilingual what, string measured) => Require(what, "–", measured, true);

    public ScenarioResult Result(IScenario scenario, string? reason)
    {
        var samples = Samples;
        ImmutableArray<Check> checks;
        ImmutableArray<TimelineMark> marks;
        lock (_lock)
            (checks, marks) = ([.. _checks], [.. _marks]);
        return new ScenarioResult
        {
            Name = scenario.Name,
            Fault = scenario.Fault,
            Title = scenario.Title,
            How = scenario.How,
            PassLine = scenario.PassLine,
            Verdict = Verdicts.Of(reason, checks),
            Reason = reason,
            Took = Clock.Now,
            Callers = [.. (_load?.Options.Kinds ?? []).Where(k => k.HangUpAfter is null).Select(kind => Figures.Of(kind, samples, Known))],
            Checks = checks,
            Timeline = Timelines.Of(samples, Clock.Now, marks),
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_load is not null)
            await _load.DisposeAsync();
        await Events.DisposeAsync();
        Probe.Dispose();
    }
}
