using System.Diagnostics;
using Evergrain.Engine;

namespace Evergrain.Bench.Throughput;

/// <summary>The engine in this process: tokenizer, queue, batches.</summary>
internal sealed class EngineTarget(IInferenceEngine engine) : ITarget
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public string Name => "(b) engine in process";

    public Task<Measured> RunAsync(Workload work, CancellationToken cancellationToken)
        => ClosedLoop.RunAsync(work, AskAsync, () => Process.GetCurrentProcess().TotalProcessorTime, cancellationToken);

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private async Task AskAsync(ArraySegment<string> texts, CancellationToken cancellationToken)
    {
        var answer = await engine.PredictAsync([.. texts], Deadline, Lane.Interactive, cancellationToken);
        if (answer.Results.FirstOrDefault(row => row.Error != ErrorCode.None) is { } bad) throw new InvalidOperationException($"{bad.Error}: {bad.Detail}");
    }
}
