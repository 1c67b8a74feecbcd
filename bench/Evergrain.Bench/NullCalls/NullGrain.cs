using Orleans.Concurrency;

namespace Evergrain.Bench.NullCalls;

/// <summary>Placed as the inference grain is.</summary>
[StatelessWorker(1, removeIdleWorkers: false), Reentrant]
internal sealed class NullGrain : Grain, INullGrain
{
    public Task CallAsync() => Task.CompletedTask;
}
