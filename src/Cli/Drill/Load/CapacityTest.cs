using System.Collections.Immutable;
using Evergrain.Cli.Drill.Clusters;

namespace Evergrain.Cli.Drill.Load;

/// <summary>How much the cluster answers with this load generator on the same machine: callers who ask again as soon as they are answered.</summary>
internal static class CapacityTest
{
    /// <summary>Callers at the same time; one after the other, because more than a cluster can use only make it slower.</summary>
    private static readonly int[] Steps = [4, 8, 16, 32];

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    /// <summary>Calls that take a second each need longer than a step: the best of four steps of six answers is the luckiest, not the capacity.</summary>
    private const int Enough = 40;
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(12);

    /// <param name="cluster">The one that is asked.</param>
    /// <param name="kind">How.</param>
    /// <param name="bodies">What.</param>
    /// <param name="warmUp">Not measured.</param>
    /// <param name="time">The drill's.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Answers a second at the best step.</returns>
    /// <exception cref="UserException">Nothing is answered.</exception>
    public static async Task<double> MeasureAsync(
        DrillCluster cluster, CallerKind kind, ImmutableArray<byte[]> bodies, TimeSpan warmUp, TimeProvider time, CancellationToken cancellationToken)
    {
        var clock = new ScenarioClock(time);
        await RunAsync(Steps[^2], warmUp, warmUp);
        var best = 0.0;
        foreach (var callers in Steps)
            best = Math.Max(best, await RunAsync(callers, Step, LongestStep));
        return best > 0 ? best : throw new UserException("the cluster answers nothing under load");

        async Task<double> RunAsync(int callers, TimeSpan least, TimeSpan most)
        {
            var (start, answered) = (clock.Now, 0);
            await Task.WhenAll(Enumerable.Range(0, callers).Select(AskOnAsync));
            return answered / (clock.Now - start).TotalSeconds;

            async Task AskOnAsync(int number)
            {
                using var caller = new Caller(kind, number, cluster.Connect, clock);
                for (var text = number; clock.Now - start is var since && (since < least || (since < most && Volatile.Read(ref answered) < Enough)); text++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if ((await caller.AskAsync(clock.Now, text % bodies.Length, bodies[text % bodies.Length])).Answered)
                        Interlocked.Increment(ref answered);
                }
            }
        }
    }

    /// <summary>What one survivor can carry: 35 % of the pair's capacity, which was measured with the load generator on the same cores. At least 20 a second: with
    /// fewer, a fault of a second would meet too few requests to be seen.</summary>
    public static double RateFor(double capacity) => Math.Max(0.35 * capacity, 20);
}
