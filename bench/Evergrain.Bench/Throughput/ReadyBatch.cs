using Microsoft.ML.OnnxRuntime;

namespace Evergrain.Bench.Throughput;

/// <summary>Inputs of ONNX Runtime that are ready. To be disposed after the last run: one that nothing holds any more can be finalized, and what the runtime
/// reads freed, while it runs (its own <c>Run</c> holds the handles only), and memory that the finalizer meets stays pinned for good.</summary>
internal sealed class ReadyBatch : IDisposable
{
    private static readonly string[] Inputs = ["input_ids", "attention_mask", "token_type_ids"];
    private static readonly string[] Outputs = ["logits"];

    private readonly OrtValue[] _inputs;

    /// <param name="texts">Ids of each text.</param>
    /// <param name="padId">Fills the shorter ones up.</param>
    public ReadyBatch(IReadOnlyList<int[]> texts, int padId)
    {
        Texts = texts.Count;
        Tokens = texts.Sum(ids => ids.Length);
        var length = texts.Max(ids => ids.Length);
        var (ids, mask) = (new long[Texts * length], new long[Texts * length]);
        Array.Fill(ids, padId);
        for (var row = 0; row < Texts; row++)
        {
            for (var i = 0; i < texts[row].Length; i++) (ids[(row * length) + i], mask[(row * length) + i]) = (texts[row][i], 1);
        }

        long[] shape = [Texts, length];
        _inputs = [OrtValue.CreateTensorValueFromMemory(ids, shape), OrtValue.CreateTensorValueFromMemory(mask, shape),
            OrtValue.CreateTensorValueFromMemory(new long[ids.Length], shape)];
    }

    public int Texts { get; }

    /// <summary>Padding not counted.</summary>
    public int Tokens { get; }

    public void Run(InferenceSession session, RunOptions options)
    {
        using var results = session.Run(options, Inputs, _inputs, Outputs);
    }

    /// <summary>The same for one text: probability of the second label.</summary>
    public double PositiveShare(InferenceSession session, RunOptions options)
    {
        using var results = session.Run(options, Inputs, _inputs, Outputs);
        var logits = results[0].GetTensorDataAsSpan<float>();
        return 1 / (1 + Math.Exp(logits[0] - logits[1]));
    }

    public void Dispose()
    {
        foreach (var input in _inputs) input.Dispose();
    }
}
