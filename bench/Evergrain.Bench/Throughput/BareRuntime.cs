using System.Diagnostics;
using Evergrain.Engine.Models;
using Microsoft.ML.OnnxRuntime;

namespace Evergrain.Bench.Throughput;

/// <summary>ONNX Runtime by itself: the texts are tokens before the clock starts, all of them are known, and each batch is of neighbours in length.</summary>
internal sealed class BareRuntime : ITarget
{
    private const int Window = 512;
    private static readonly string[] Inputs = ["input_ids", "attention_mask", "token_type_ids"];
    private static readonly string[] Outputs = ["logits"];

    private readonly InferenceSession _session;
    private readonly ModelPackage _package;
    private readonly int _budget;

    /// <param name="package">The model.</param>
    /// <param name="threads">Of the session.</param>
    /// <param name="budget">Padded tokens of one batch.</param>
    public BareRuntime(ModelPackage package, int threads, int budget)
    {
        (_package, _budget) = (package, budget);
        using var options = new SessionOptions { IntraOpNumThreads = threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        _session = new InferenceSession(package.ModelPath, options);
    }

    public string Name => "(a) ONNX Runtime alone";

    public Task<Measured> RunAsync(Workload work, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => Run(work, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        return ValueTask.CompletedTask;
    }

    private Measured Run(Workload work, CancellationToken cancellationToken)
    {
        var batches = Batches([.. work.Texts.Select(text => _package.Tokenizer.Encode(text, _package.Manifest.MaxLength, out _))]);
        var clock = Stopwatch.StartNew();
        var next = 0;
        var processor = TimeSpan.Zero;
        var (texts, from) = (0, TimeSpan.Zero);
        using var options = new RunOptions();
        while (clock.Elapsed < work.WarmUp + work.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (from == TimeSpan.Zero && clock.Elapsed >= work.WarmUp)
                (from, processor) = (clock.Elapsed, Process.GetCurrentProcess().TotalProcessorTime);
            var batch = batches[next++ % batches.Count];
            batch.Run(_session, options);
            if (from > TimeSpan.Zero) texts += batch.Texts;
        }

        var took = clock.Elapsed - from;
        return new Measured { Rate = texts / took.TotalSeconds, Processor = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds / texts };
    }

    private List<Batch> Batches(int[][] texts)
    {
        var batches = new List<Batch>();
        foreach (var window in texts.Chunk(Window))
        {
            var batch = new List<int[]>();
            foreach (var text in window.OrderBy(ids => ids.Length))
            {
                if (batch.Count > 0 && (batch.Count + 1) * text.Length > _budget)
                {
                    batches.Add(new Batch(batch, _package.Tokenizer.PadId));
                    batch = [];
                }

                batch.Add(text);
            }

            batches.Add(new Batch(batch, _package.Tokenizer.PadId));
        }

        return batches;
    }

    /// <summary>Inputs that are ready.</summary>
    private sealed class Batch
    {
        private readonly OrtValue[] _inputs;

        public Batch(List<int[]> texts, int padId)
        {
            Texts = texts.Count;
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

        public void Run(InferenceSession session, RunOptions options)
        {
            using var results = session.Run(options, Inputs, _inputs, Outputs);
        }
    }
}
