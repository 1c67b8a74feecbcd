using System.Diagnostics;
using Evergrain.Bench.NullCalls;

namespace Evergrain.Bench.Routing;

/// <summary>What one round found for one number of silos.</summary>
/// <param name="Silos">How many.</param>
/// <param name="PickAfterCall">Median seconds of a pick right after a call, when other work has had the caches.</param>
/// <param name="PickInLoop">Median seconds of a pick among picks.</param>
/// <param name="PickBytes">Bytes that a pick allocates.</param>
/// <param name="Send">Median seconds of a whole dispatch that is answered at once.</param>
/// <param name="SendBytes">Bytes that it allocates.</param>
internal sealed record RoutingFigures(int Silos, double PickAfterCall, double PickInLoop, double PickBytes, double Send, double SendBytes);

/// <summary>One round: null calls with a pick after each, in turn for every number of silos, so that whatever else the machine does
/// meets both alike.</summary>
internal sealed record RoutingRound(double NullCall, IReadOnlyList<RoutingFigures> Figures)
{
    private const int Calls = 4000;
    private const int Blocks = 200;
    private const int Block = 100;

    public static async Task<RoutingRound> RunAsync(INullGrain grain, IReadOnlyList<BenchRouter> routers)
    {
        foreach (var router in routers) router.Refresh();
        var calls = new double[Calls];
        var picks = routers.Select(_ => new double[Calls / routers.Count]).ToList();
        for (var i = 0; i < Calls; i++)
        {
            var which = i % routers.Count;
            var start = Stopwatch.GetTimestamp();
            await grain.CallAsync();
            var answered = Stopwatch.GetTimestamp();
            routers[which].Pick();
            var picked = Stopwatch.GetTimestamp();
            calls[i] = Seconds(answered - start);
            picks[which][i / routers.Count] = Seconds(picked - answered);
        }

        var figures = new List<RoutingFigures>();
        for (var i = 0; i < routers.Count; i++) figures.Add(await MeasureAsync(routers[i], Rounds.Median(picks[i])));
        return new RoutingRound(Rounds.Median(calls), figures);
    }

    private static async Task<RoutingFigures> MeasureAsync(BenchRouter router, double afterCall)
    {
        var (pick, send) = (new double[Blocks], new double[Blocks]);
        var (pickBytes, sendBytes) = (new double[Blocks], new double[Blocks]);
        for (var block = 0; block < Blocks; block++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Block; i++) router.Pick();
            pick[block] = Seconds(Stopwatch.GetTimestamp() - start) / Block;
            pickBytes[block] = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Block;
        }

        for (var block = 0; block < Blocks; block++)
        {
            router.Refresh(); // or what was sent would look like an ever longer queue
            // A dispatch may go on on another thread; what else this process allocates meanwhile is little.
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Block; i++) await router.SendAsync();
            send[block] = Seconds(Stopwatch.GetTimestamp() - start) / Block;
            sendBytes[block] = (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Block;
        }

        return new RoutingFigures(
            router.Silos, afterCall, Rounds.Median(pick), Rounds.Median(pickBytes), Rounds.Median(send), Rounds.Median(sendBytes));
    }

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;
}
