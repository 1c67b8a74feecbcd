using Evergrain.Bench.Throughput;
using Evergrain.Engine.Models;
using Microsoft.ML.OnnxRuntime;
using Orleans.Concurrency;

namespace Evergrain.Bench.Plain;

/// <summary>Runs the session in its own turn: no queue, no batches.</summary>
[StatelessWorker(1, removeIdleWorkers: false)]
internal sealed class PlainGrain(ModelPackage package, InferenceSession session) : Grain, IPlainGrain
{
    public Task<PlainAnswer> PredictAsync(string text)
    {
        using var batch = new ReadyBatch([package.Tokenizer.Encode(text, package.Manifest.MaxLength, out _)], package.Tokenizer.PadId);
        using var options = new RunOptions();
        var positive = batch.PositiveShare(session, options);
        return Task.FromResult(new PlainAnswer(positive >= 0.5 ? "positive" : "negative", Math.Max(positive, 1 - positive)));
    }
}
