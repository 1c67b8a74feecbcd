using BenchmarkDotNet.Attributes;
using Evergrain.Bench.Throughput;
using Evergrain.Engine.Batching;

namespace Evergrain.Bench.Micro;

/// <summary>Into the queue and out of it in batches. An operation is a text of a call of its own; 128 wait at a time.</summary>
[MemoryDiagnoser]
public class BatchQueueBenchmark
{
    private const int Texts = 128;

    private readonly BatchQueue _queue = new(TimeProvider.System);
    private readonly int[][] _ids = [.. ReviewTexts.Create(Texts).Select(text => new int[Math.Min(text.Length + 2, 256)])];

    [Benchmark(OperationsPerInvoke = Texts)]
    public int AddAndTake()
    {
        foreach (var ids in _ids)
        {
            var call = new PredictCall(1, Lane.Interactive, TimeSpan.Zero, TimeProvider.System.GetTimestamp(), long.MaxValue);
            _queue.Add([new WorkItem(call, 0, ids, false)], _ => null);
        }

        var taken = 0;
        while (taken < Texts) taken += _queue.Take(1e6, BatchBudget.For(cpu: true, tokens: 0), Timeout.InfiniteTimeSpan)!.Count;
        return taken;
    }
}
