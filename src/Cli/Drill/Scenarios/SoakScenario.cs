using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class SoakScenario : IScenario
{
    private const double Flat = 1.05;

    /// <summary>The pass line's number, of its half hour.</summary>
    private const double RequestsPerMinute = 100_000 / 30.0;

    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Drained = TimeSpan.FromSeconds(3);

    /// <summary>A freeze for good takes the watchdog 10 s.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(30);

    private static readonly string[] Kinds = ["kill -9", "SIGSTOP 6 s", "SIGSTOP for good", "SIGTERM", "evergrain drain"];

    public string Name => "soak";

    public int Fault => 27;

    public Bilingual Title => new("长时间随机故障", "soak");

    public Bilingual How => new("故障 1–3 随机发生 30 分钟(--minutes 可改)", "faults 1–3 at random for 30 min (or as long as --minutes says)");

    public Bilingual PassLine => new("≥ 100,000 次请求 0 失败;内存、句柄、线程不增长", "0 failed of ≥ 100,000; no growth of memory, handles, threads");

    public bool OnlyWhenNamed => true;

    public string? WhyNotRun(DrillEnvironment environment) => environment.WhyNotOwn;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var length = run.LengthOr(Usual, quick: TimeSpan.FromMinutes(2));
        await using var resources = ResourceLog.Start(run, TimeSpan.FromSeconds(2));
        await run.BeginAsync(cancellationToken);
        var start = run.Clock.Now;
        // The same faults in the same order each time, so that what failed can be made again.
        var random = new Random(27);
        var counts = Kinds.ToDictionary(kind => kind, _ => 0);
        var slowest = TimeSpan.Zero;
        while (run.Clock.Now - start < length)
        {
            await run.SettleAsync(cancellationToken);
            await run.Clock.DelayAsync(TimeSpan.FromSeconds(random.Next(1, 4)), cancellationToken);
            var (kind, silo) = (Kinds[random.Next(Kinds.Length)], run.Cluster.Silos[random.Next(run.Cluster.Silos.Length)]);
            counts[kind]++;
            var back = kind == "evergrain drain" ? await DrainAsync(run, silo, cancellationToken) : await HurtAsync(run, silo, kind, cancellationToken);
            if (back > slowest)
                slowest = back;
        }
        var end = run.Clock.Now;
        await run.StopLoadAsync();

        run.Note(new("故障", "faults"), string.Join(", ", counts.Select(c => $"{c.Value} × {c.Key}")));
        run.RequireWithin(new("最慢的一次恢复", "slowest return"), Back, slowest);
        var wanted = length.TotalMinutes * RequestsPerMinute;
        run.Require(new($"请求数({length.TotalMinutes:0} 分钟)", $"requests (in {length.TotalMinutes:0} min)"), $"≥ {wanted:0}", $"{run.Samples.Count}", run.Samples.Count >= wanted);
        run.RequireNoneFailed();
        run.RequireNoneWrong();
        run.RequirePMax(ScenarioRun.Budget);
        // The silos are replaced all the time; who lives through it all is who could grow.
        var quarter = (end - start) / 4;
        resources.RequireFlat((start + quarter, start + 2 * quarter), (start + 3 * quarter, end), Flat);
    }

    /// <returns>How long until it was back.</returns>
    private static async Task<TimeSpan> HurtAsync(ScenarioRun run, string silo, string kind, CancellationToken cancellationToken)
    {
        var signal = kind switch { "kill -9" => Signal.Kill, "SIGTERM" => Signal.Terminate, _ => Signal.Stop };
        var loss = await SiloLoss.InjectAsync(run, silo, signal, kind, cancellationToken);
        if (kind == "SIGSTOP 6 s")
        {
            await run.Clock.DelayAsync(Frozen, cancellationToken);
            Signals.Send(loss.Pid, Signal.Continue);
        }
        await loss.WaitUntilBackAsync(Back, cancellationToken);
        return loss.ProcessBack ?? throw new UserException($"{silo} was not back {Back.TotalSeconds:0} s after {kind}");
    }

    private static async Task<TimeSpan> DrainAsync(ScenarioRun run, string silo, CancellationToken cancellationToken)
    {
        run.Mark(MarkKind.Injection, silo, "evergrain drain");
        await RequireAsync("drain");
        await run.Clock.DelayAsync(Drained, cancellationToken);
        var undrained = run.Mark(MarkKind.Healed, silo, "evergrain undrain");
        await RequireAsync("undrain");
        return await run.Clock.UntilAsync(() => run.Samples.Any(s => s.ServedBy == silo && s.Answered && s.Due > undrained), Back, cancellationToken)
            ?? throw new UserException($"{silo} did not serve again {Back.TotalSeconds:0} s after undrain");

        async Task RequireAsync(string command)
        {
            var result = await run.Cluster.CommandAsync([command, silo], cancellationToken);
            if (result.ExitCode != 0)
                throw new UserException($"{command} {silo}: {(result.Error + result.Output).Trim()}");
        }
    }
}
