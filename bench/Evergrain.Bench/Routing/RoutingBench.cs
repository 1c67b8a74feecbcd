using Evergrain.Bench.NullCalls;

namespace Evergrain.Bench.Routing;

/// <summary>
/// Routing costs at most 3 % of a null grain call's median in the same run, with 2 and with 16 silos, and allocates nothing that
/// grows with their number.
/// </summary>
internal static class RoutingBench
{
    private const int RoundCount = 5;
    private const double MostShare = 0.03;

    private static readonly int[] Sizes = [2, 4, 16, 64];

    /// <summary>The sizes that the line is drawn for.</summary>
    private static readonly int[] Judged = [2, 16];

    /// <returns>0 where the line is kept, else 1.</returns>
    public static async Task<int> RunAsync()
    {
        await using var cluster = await NullCluster.StartAsync();
        var grain = cluster.Grain;
        var routers = await Task.WhenAll(Sizes.Select(BenchRouter.CreateAsync));
        Console.WriteLine($"{RoundCount} rounds on {Environment.ProcessorCount} cores, .NET {Environment.Version}; medians");

        await RoutingRound.RunAsync(grain, routers); // both ends compile what they run
        await RoutingRound.RunAsync(grain, routers);
        var rounds = new List<RoutingRound>();
        for (var i = 0; i < RoundCount; i++) rounds.Add(await RoutingRound.RunAsync(grain, routers));
        return Report(rounds) ? 0 : 1;
    }

    private static bool Report(List<RoutingRound> rounds)
    {
        var call = Rounds.Median(rounds, r => r.NullCall);
        var (least, most) = (rounds.Min(r => r.NullCall), rounds.Max(r => r.NullCall));
        Console.WriteLine($"null grain call, one caller: p50 {call * 1e6:F1} µs ({least * 1e6:F1} to {most * 1e6:F1})");
        Console.WriteLine();
        Console.WriteLine("      | pick after  |             | pick in    |             | bytes  | whole        |");
        Console.WriteLine("silos | a call, ns  | of the call | a loop, ns | of the call | a pick | dispatch, ns | bytes");
        Console.WriteLine("------|-------------|-------------|------------|-------------|--------|--------------|------");
        var kept = true;
        var bytesAtLeast = double.NaN;
        for (var i = 0; i < Sizes.Length; i++)
        {
            var at = i;
            var after = Rounds.Median(rounds, r => r.Figures[at].PickAfterCall);
            var loop = Rounds.Median(rounds, r => r.Figures[at].PickInLoop);
            var bytes = Rounds.Median(rounds, r => r.Figures[at].PickBytes);
            var send = Rounds.Median(rounds, r => r.Figures[at].Send);
            var sendBytes = Rounds.Median(rounds, r => r.Figures[at].SendBytes);
            // Each round is compared with its own calls.
            var share = Rounds.Median(rounds, r => r.Figures[at].PickAfterCall / r.NullCall);
            var loopShare = Rounds.Median(rounds, r => r.Figures[at].PickInLoop / r.NullCall);
            Console.WriteLine(
                $"{Sizes[i],5} | {after * 1e9,11:F0} | {share,11:P2} | {loop * 1e9,10:F0} | {loopShare,11:P2} | {bytes,6:F1} "
                + $"| {send * 1e9,12:F0} | {sendBytes,5:F0}");
            if (!Judged.Contains(Sizes[i])) continue;
            if (double.IsNaN(bytesAtLeast)) bytesAtLeast = bytes;
            kept &= share <= MostShare && bytes <= bytesAtLeast;
        }

        Console.WriteLine();
        var line = $"at most {MostShare:P0} of a null call with {string.Join(" and ", Judged)} silos, and no more bytes with more silos";
        Console.WriteLine($"{(kept ? "PASS" : "FAIL")}: {line}");
        return kept;
    }
}
