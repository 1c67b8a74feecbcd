using System.Collections.Concurrent;
using System.Diagnostics;

namespace Evergrain.Bench.Throughput;

/// <summary>Callers who ask again as soon as they are answered: what comes out is what the target can do.</summary>
internal static class ClosedLoop
{
    /// <param name="work">What to ask.</param>
    /// <param name="ask">One call; throws where a text is not answered.</param>
    /// <param name="processor">Processor time so far of all that serves.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Measured> RunAsync(
        Workload work, Func<ArraySegment<string>, CancellationToken, Task> ask, Func<TimeSpan> processor, CancellationToken cancellationToken)
    {
        var calls = new ConcurrentQueue<(TimeSpan End, TimeSpan Took, int Tokens)>();
        var clock = Stopwatch.StartNew();
        var end = work.WarmUp + work.Length;
        var next = -work.PerCall;
        var callers = Enumerable.Range(0, work.InFlight).Select(_ => Task.Run(AskOnAsync, cancellationToken)).ToArray();
        await Task.Delay(work.WarmUp, TimeProvider.System, cancellationToken);
        var (processorBefore, bytesBefore, from) = (processor(), GC.GetTotalAllocatedBytes(), clock.Elapsed);
        await Task.Delay(work.Length, TimeProvider.System, cancellationToken);
        var (used, bytes, to) = (processor() - processorBefore, GC.GetTotalAllocatedBytes() - bytesBefore, clock.Elapsed);
        await Task.WhenAll(callers);

        // From one end of a call to another: the last of a batch end together, and a window cut anywhere would count some twice.
        var ended = calls.Where(call => call.End >= from && call.End <= to).OrderBy(call => call.End).ToArray();
        if (ended.Length < 2) throw new InvalidOperationException("Too few calls ended in the measured time: give it more seconds.");
        var first = ended[0].End;
        var counted = ended.Where(call => call.End > first).ToArray();
        var seconds = (ended[^1].End - first).TotalSeconds;
        return new Measured
        {
            Rate = work.PerCall * counted.Length / seconds,
            TokenRate = counted.Sum(call => (double)call.Tokens) / seconds,
            Latencies = [.. ended.Select(call => call.Took.TotalMilliseconds).Order()],
            Processor = used.TotalSeconds / (work.PerCall * ended.Length),
            Bytes = bytes / (double)(work.PerCall * ended.Length),
        };

        async Task AskOnAsync()
        {
            while (clock.Elapsed < end)
            {
                var at = (int)((uint)Interlocked.Add(ref next, work.PerCall) % (uint)(work.Texts.Length - work.PerCall + 1));
                var started = clock.Elapsed;
                await ask(new ArraySegment<string>(work.Texts, at, work.PerCall), cancellationToken);
                calls.Enqueue((clock.Elapsed, clock.Elapsed - started, work.Tokens.AsSpan(at, work.PerCall).ToArray().Sum()));
            }
        }
    }
}
