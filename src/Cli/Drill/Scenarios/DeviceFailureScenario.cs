using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Scenarios;

/// <summary>A device that fails under load: runs on a cluster of the test build, whose sessions fail when they are told to.</summary>
internal abstract class DeviceFailureScenario : IScenario
{
    /// <summary>What a silo says when it ends because a device has failed.</summary>
    private const string DeviceExit = "exit code 70";

    /// <summary>A drain may take 10 s, and the rest is Orleans' to leave in.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(15);

    /// <summary>An answer that the silo gave before may be on its way to the caller: one report's time.</summary>
    protected static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(200);

    public abstract string Name { get; }

    public abstract int Fault { get; }

    public abstract Bilingual Title { get; }

    public abstract Bilingual How { get; }

    public abstract Bilingual PassLine { get; }

    public string? WhyNotRun(DrillEnvironment environment)
        => environment.WhyNotOwn
            ?? (environment.FaultySilo is null ? "needs the test build of the silo: build Orleans.sln" : environment.Config.Silos.Length < 2 ? "needs two silos in the YAML file" : null);

    public Task<DrillCluster>? OpenClusterAsync(DrillEnvironment environment, CancellationToken cancellationToken)
        => OwnCluster.OpenAsync(environment, cancellationToken, Change, environment.FaultySilo);

    public abstract Task RunAsync(ScenarioRun run, CancellationToken cancellationToken);

    /// <summary>Last changes to the cluster's config.</summary>
    protected virtual EvergrainConfig Change(EvergrainConfig config) => config;

    /// <summary>One failure, from the order to fail until the next process of that silo serves.</summary>
    /// <param name="Loss">Which process, and when.</param>
    /// <param name="Kind">How its sessions failed.</param>
    /// <param name="Found">From then until every gateway had heard of it.</param>
    /// <param name="Ended">Until the process was gone.</param>
    /// <param name="Back">Until the next one served.</param>
    /// <param name="Exit">How the process ended, by its supervisor.</param>
    protected sealed record DeviceFailure(SiloLoss Loss, string Kind, TimeSpan? Found, TimeSpan? Ended, TimeSpan? Back, string? Exit)
    {
        /// <summary>In which its answers count as those of a device that nobody knew to be broken; to the end where it was not found out.</summary>
        public Span Unknown => new(Loss.At, Found is { } found ? Loss.At + found + OnTheWay : TimeSpan.MaxValue);

        /// <summary>In which it gives no answer. Not until it is back: the gateways give the next process calls one after the other.</summary>
        public Span Out => new(Unknown.Until, Ended is { } ended ? Loss.At + ended : TimeSpan.MaxValue);
    }

    /// <summary>Has the last silo's sessions fail and waits until its next process serves.</summary>
    /// <param name="run">The scenario.</param>
    /// <param name="kind">One of <see cref="SessionFault"/>'s.</param>
    /// <param name="text">The same for the report.</param>
    /// <param name="found">By when it has to be found out; longer than the rest may take is not waited for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected static async Task<DeviceFailure> FailAsync(ScenarioRun run, string kind, string text, TimeSpan found, CancellationToken cancellationToken)
    {
        await run.SettleAsync(cancellationToken);
        var silo = run.Cluster.Silos[^1];
        var order = SessionFault.FileOf(run.Cluster.Config.StateFolder, silo);
        var loss = await SiloLoss.InjectAsync(run, silo, text, pid => Order(order, new SessionFault(kind, pid)), cancellationToken);
        TimeSpan? ended = await run.Clock.UntilAsync(() => !ProcessFacts.IsAlive(loss.Pid), found + EndLimit, cancellationToken) is null ? null : run.Clock.Now - loss.At;
        var times = await loss.WaitUntilBackAsync((ended ?? found + EndLimit) + BackLimit, cancellationToken);
        // One that was not found out must not fail on into the next.
        File.Delete(order);
        var exit = (await run.Cluster.ProcessAsync(silo, cancellationToken)).LastExit;
        TimeSpan? back = loss.ProcessBack is { } process && times.Back is { } calls ? (process > calls ? process : calls) : null;
        return new DeviceFailure(loss, kind, times.Detected, ended, back, exit);
    }

    /// <summary>Found out, out, ended and started again. Call it once the load has stopped.</summary>
    protected static void JudgeFailure(ScenarioRun run, DeviceFailure failure, TimeSpan found)
    {
        var who = $"{failure.Loss.Silo} ({failure.Kind})";
        run.RequireWithin(Texts.About(who, "被发现", "found out"), found, failure.Found);
        var said = run.Events.Since(failure.Loss.At).FirstOrDefault(e => e.Kind == GatewayEvents.Failed && e.Silo == failure.Loss.Silo);
        run.Require(Texts.About(who, "它自己说的原因", "what it said of itself"), "failed, with a reason", said is null ? Texts.Missing : $"{said.Cause} {said.Evidence}".Trim(), said is not null);
        var late = failure.Out.Of(run.Samples).Count(s => s.ServedBy == failure.Loss.Silo);
        run.Require(Texts.About(who, "被发现之后到进程结束之前的回答", "answers of it from then until its process ended"), "0", Texts.Of(late), late == 0);
        run.RequireWithin(Texts.About(who, "被发现后进程结束", "its process ended, once found out"), EndLimit, failure.Ended - failure.Found);
        run.Require(Texts.About(who, "进程的结束方式", "how its process ended"), DeviceExit, failure.Exit ?? Texts.Missing, failure.Exit == DeviceExit);
        run.RequireWithin(Texts.About(who, "进程结束后恢复服务", "back in service, once it had ended"), BackLimit, failure.Back - failure.Ended);
    }

    private static void Order(string file, SessionFault fault)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText($"{file}.next", fault.ToString());
        // Swapped whole: a session may be looking just now.
        File.Move($"{file}.next", file, overwrite: true);
    }
}
