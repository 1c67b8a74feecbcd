using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

/// <summary>A gateway that was killed or frozen.</summary>
internal sealed class GatewayLoss
{
    /// <summary>A request that was written just before the connection closed went with the process.</summary>
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(50);

    private readonly ScenarioRun _run;
    private readonly int _pid;

    private GatewayLoss(ScenarioRun run, GatewayAddress gateway, int pid, TimeSpan at)
    {
        (_run, _pid) = (run, pid);
        (Gateway, At) = (gateway, at);
    }

    public GatewayAddress Gateway { get; }

    public TimeSpan At { get; }

    /// <summary>From the injection until its process was gone; null while it is not.</summary>
    public TimeSpan? Gone { get; private set; }

    /// <summary>From the injection until its own address predicted again; null while it does not.</summary>
    public TimeSpan? Back { get; private set; }

    public static async Task<GatewayLoss> InjectAsync(ScenarioRun run, GatewayAddress gateway, Signal signal, string text, CancellationToken cancellationToken)
    {
        var pid = await run.Cluster.PidAsync(gateway.Name, cancellationToken);
        var at = run.Mark(MarkKind.Injection, gateway.Name, text);
        return Signals.Send(pid, signal) ? new GatewayLoss(run, gateway, pid, at) : throw new UserException($"{gateway.Name} (pid {pid}) could not be sent {signal}");
    }

    public async Task WaitUntilGoneAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (await _run.Clock.UntilAsync(() => !ProcessFacts.IsAlive(_pid), limit, cancellationToken) is not null)
            Gone = _run.Clock.Now - At;
    }

    /// <summary>Waits until it is gone and its next process predicts.</summary>
    public async Task WaitUntilServesAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (Gone is null)
            await WaitUntilGoneAsync(limit, cancellationToken);
        if (await _run.Clock.UntilAsync(async () => (await _run.Probe.PredictAsync(Gateway.Address, ReviewTexts.All[0])).Status == 200, limit, cancellationToken) is null)
            return;
        Back = _run.Clock.Now - At;
        _run.Mark(MarkKind.Recovery, Gateway.Name, "serves again");
    }

    /// <summary>One-URL callers may lose what that process held, and nothing that was due after its end. Once the load has stopped.</summary>
    public void RequireOnlyItsOwnFailed(TimeSpan? until = null)
    {
        var after = At + (Gone ?? TimeSpan.Zero) + OnTheWay;
        // By the time of its end: one that was due just before the next gateway was lost went with that one.
        var failed = _run.Samples.Where(s => s.Caller == CallerKind.OneUrlKey && s.Failure is not null
            && s.Due + s.Latency >= At && s.Due + s.Latency < (until ?? TimeSpan.MaxValue)).ToList();
        var later = failed.Where(s => s.Due > after).ToList();
        _run.Require(Texts.About(Gateway.Name, "其后才到期的单地址请求失败", "one-URL requests that failed though due after its end"), "0",
            later.Count == 0 ? $"0 (it held {failed.Count})" : $"{later.Count}: {later[0].Failure}", later.Count == 0);
    }
}
