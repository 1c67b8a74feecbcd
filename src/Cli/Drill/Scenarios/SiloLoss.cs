using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

/// <summary>A silo that was hurt, and what the gateways say of it since.</summary>
internal sealed class SiloLoss
{
    /// <summary>Longer than a slow start: by then a returned silo has its share.</summary>
    private static readonly TimeSpan FullLimit = TimeSpan.FromSeconds(15);

    private readonly ScenarioRun _run;
    private readonly DateTimeOffset _injected;

    private SiloLoss(ScenarioRun run, string silo, int pid, TimeSpan at)
    {
        _run = run;
        _injected = run.Clock.ToUtc(at);
        (Silo, Pid, At) = (silo, pid, at);
    }

    public string Silo { get; }

    /// <summary>The process that was hurt.</summary>
    public int Pid { get; }

    public TimeSpan At { get; }

    /// <summary>From the injection until its next process said that it is ready; null while it has not.</summary>
    public TimeSpan? ProcessBack { get; private set; }

    public static Task<SiloLoss> InjectAsync(ScenarioRun run, string silo, Signal signal, string text, CancellationToken cancellationToken)
        => InjectAsync(run, silo, text, pid =>
        {
            if (!Signals.Send(pid, signal))
                throw new UserException($"{silo} (pid {pid}) could not be sent {signal}");
        }, cancellationToken);

    /// <param name="run">The scenario.</param>
    /// <param name="silo">Which.</param>
    /// <param name="text">What is done, for the report.</param>
    /// <param name="hurt">Does it to that process.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<SiloLoss> InjectAsync(ScenarioRun run, string silo, string text, Action<int> hurt, CancellationToken cancellationToken)
    {
        // Asked for before the clock is read: the question takes longer than the signal.
        var pid = await run.Cluster.PidAsync(silo, cancellationToken);
        var at = run.Mark(MarkKind.Injection, silo, text);
        hurt(pid);
        return new SiloLoss(run, silo, pid, at);
    }

    public LossTimes Times => LossTimes.Of(_run.Events.All, [.. _run.Cluster.Gateways.Select(g => g.Name)], Silo, _injected);

    /// <summary>Waits until its next process serves, and marks what the gateways saw.</summary>
    public async Task<LossTimes> WaitUntilBackAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (await _run.Cluster.WaitUntilBackAsync(Silo, Pid, limit - (_run.Clock.Now - At), cancellationToken) is not null)
            ProcessBack = _run.Clock.Now - At;
        // The gateways make its first calls themselves before they give it any.
        await _run.Clock.UntilAsync(() => Times.Back is not null || !HasEvents, limit - (_run.Clock.Now - At), cancellationToken);
        await _run.Events.RefreshAsync();
        return MarkTimes();
    }

    public LossTimes MarkTimes()
    {
        var times = Times;
        Mark(times.Detected, MarkKind.Detection, "detected by every gateway");
        Mark(times.Rerouted, MarkKind.Reroute, "its calls answered elsewhere");
        Mark(times.Evicted, MarkKind.Eviction, "declared dead");
        Mark(times.Back ?? ProcessBack, MarkKind.Recovery, "takes calls again");
        return times;
    }

    /// <summary>Waits until both carry their share again; a figure, not a limit: slow start takes its time on purpose.</summary>
    public async Task NoteFullCapacityAsync(CancellationToken cancellationToken)
    {
        if (ProcessBack is not { } back)
            return;
        TimeSpan? full = null;
        await _run.Clock.UntilAsync(
            () => (full = Timelines.FullCapacity(_run.Samples, _run.Cluster.Silos, At + back, _run.Clock.Now)) is not null, FullLimit, cancellationToken);
        _run.Note(Texts.About(Silo, "恢复全部容量", "full capacity"), full is { } time ? Texts.Of(time - At) : $"not within {Texts.Of(FullLimit)} of its return");
    }

    private bool HasEvents => _run.Events.All.Count > 0;

    private void Mark(TimeSpan? after, MarkKind kind, string text)
    {
        if (after is { } time)
            _run.MarkAt(At + time, kind, Silo, text);
    }
}
