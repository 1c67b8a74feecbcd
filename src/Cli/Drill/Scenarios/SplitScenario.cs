using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Network;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class SplitScenario : NetworkScenario
{
    /// <summary>Longer than an eviction (3 s) and the restart of the one that was evicted.</summary>
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Whole = TimeSpan.FromSeconds(30);

    public override string Name => "split";

    public override int Fault => 6;

    public override Bilingual Title => new("silo 之间互相不可见", "silos cannot see each other");

    public override Bilingual How => new(
        "两个 silo 之间双向丢弃全部数据包 12 秒,网关与两者仍可通信", "all packets between the two silos dropped, both ways, for 12 s; the gateways reach both");

    public override Bilingual PassLine => new(
        "0 失败;恰好一个存活,或两个都存活;日志写明谁除名了谁;恢复完整 < 30 s",
        "0 failed; exactly one survives, or both; the log says who evicted whom; whole again < 30 s");

    public override async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        var before = await PidsAsync(run, cancellationToken);
        var cut = run.Mark(MarkKind.Injection, "", "the silos cannot see each other");
        await Network.SiloA.LoseAsync([new PacketLoss(Network.SiloB.Address)], cancellationToken);
        await Network.SiloB.LoseAsync([new PacketLoss(Network.SiloA.Address)], cancellationToken);
        await run.Clock.DelayAsync(Cut, cancellationToken);

        var healed = run.Mark(MarkKind.Healed, "", "they can again");
        await Network.Lab.HealAsync(cancellationToken);
        TimeSpan? whole = TimeSpan.Zero;
        foreach (var silo in run.Cluster.Silos)
            whole = await run.WaitUntilWholeAsync(healed, silo, cancellationToken) is { } time && whole is not null ? time : null;
        if (whole is { } took)
            run.MarkAt(healed + took, MarkKind.Recovery, "", "both serve again");
        var after = await PidsAsync(run, cancellationToken);
        await run.StopLoadAsync();

        run.RequireNoneFailed();
        run.RequireNoneWrong();
        JudgeSurvivors(run, [.. run.Cluster.Silos.Where(silo => before[silo] is { } pid && after[silo] == pid)], cut);
        run.RequireWithin(new("恢复完整", "whole again"), Whole, whole);
    }

    private static void JudgeSurvivors(ScenarioRun run, IReadOnlyList<string> survivors, TimeSpan cut)
    {
        run.Require(
            new("存活的 silo", "silos that survived"), "1 or 2", survivors.Count == 0 ? "none" : string.Join(", ", survivors), survivors.Count > 0);
        var since = run.Clock.ToUtc(cut);
        List<Eviction> evictions = [.. run.Cluster.Silos.SelectMany(silo => Evictions.Of(ReadLog(run, silo), silo, since)).OrderBy(e => e.At)];
        foreach (var eviction in evictions)
            run.MarkAt(run.Clock.Of(eviction.At), MarkKind.Eviction, eviction.Silo, eviction.ToString());
        // Each that did not survive must have been named dead by another.
        var unnamed = run.Cluster.Silos.Except(survivors).Except(evictions.Select(e => e.Silo)).ToList();
        run.Require(
            new("日志写明谁除名了谁", "the log says who evicted whom"), "each that ended is named",
            unnamed.Count > 0 ? $"no log says who evicted {string.Join(", ", unnamed)}"
                : evictions.Count > 0 ? string.Join("; ", evictions) : "nobody was evicted",
            unnamed.Count == 0);
    }

    /// <summary>The running process writes to it meanwhile.</summary>
    private static IEnumerable<string> ReadLog(ScenarioRun run, string silo)
    {
        using var file = new FileStream(Path.Combine(run.Cluster.Logs, $"{silo}.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private static async Task<IReadOnlyDictionary<string, int?>> PidsAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var processes = await run.Cluster.ProcessesAsync(cancellationToken);
        return run.Cluster.Silos.ToDictionary(silo => silo, silo => processes.FirstOrDefault(p => p.Name == silo)?.Pid);
    }
}
