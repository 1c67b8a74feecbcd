using System.Diagnostics;
using System.Globalization;
using Evergrain.Engine.Models;
using Microsoft.ML.OnnxRuntime;

namespace Evergrain.Bench.Throughput;

/// <summary>ONNX Runtime by itself: the texts are tokens before the clock starts, all of them are known, and each batch is of neighbours in length.</summary>
internal sealed class BareRuntime : ITarget
{
    private const int Window = 512;

    private readonly InferenceSession _session;
    private readonly ModelPackage _package;
    private readonly int _budget;

    /// <param name="name">As the table says it.</param>
    /// <param name="package">The model.</param>
    /// <param name="options">Of the session; disposed here.</param>
    /// <param name="budget">Padded tokens of one batch.</param>
    public BareRuntime(string name, ModelPackage package, SessionOptions options, int budget)
    {
        (Name, _package, _budget) = (name, package, budget);
        using (options) _session = new InferenceSession(package.ModelPath, options);
    }

    public string Name { get; }

    /// <summary>The runtime's own settings.</summary>
    /// <param name="threads">Of a batch.</param>
    /// <param name="cudaId">The CUDA device; null for the CPU.</param>
    /// <param name="tf32">Products with their inputs rounded to 10 bits.</param>
    /// <param name="graph">All kernels of a shape are started as one.</param>
    public static SessionOptions Plain(int threads, int? cudaId = null, bool tf32 = false, bool graph = false)
    {
        var options = new SessionOptions { IntraOpNumThreads = threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        if (cudaId is not { } id) return options;
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(new Dictionary<string, string>
        {
            ["device_id"] = id.ToString(CultureInfo.InvariantCulture),
            ["use_tf32"] = tf32 ? "1" : "0",
            ["enable_cuda_graph"] = graph ? "1" : "0",
        });
        options.AppendExecutionProvider_CUDA(cuda);
        return options;
    }

    public Task<Measured> RunAsync(Workload work, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => Run(work, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        return ValueTask.CompletedTask;
    }

    private Measured Run(Workload work, CancellationToken cancellationToken)
    {
        var batches = Batches([.. work.Texts.Select(text => _package.Tokenizer.Encode(text, _package.Manifest.MaxLength, out _))]).ToArray();
        // The time may end before all have run: not with the short ones first.
        new Random(1).Shuffle(batches);
        var clock = Stopwatch.StartNew();
        var next = 0;
        var processor = TimeSpan.Zero;
        var (texts, tokens, from) = (0, 0L, TimeSpan.Zero);
        using var options = new RunOptions();
        while (clock.Elapsed < work.WarmUp + work.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (from == TimeSpan.Zero && clock.Elapsed >= work.WarmUp)
                (from, processor) = (clock.Elapsed, Process.GetCurrentProcess().TotalProcessorTime);
            var batch = batches[next++ % batches.Length];
            batch.Run(_session, options);
            if (from == TimeSpan.Zero) continue;
            texts += batch.Texts;
            tokens += batch.Tokens;
        }

        var took = clock.Elapsed - from;
        foreach (var batch in batches) batch.Dispose();
        return new Measured { Rate = texts / took.TotalSeconds, TokenRate = tokens / took.TotalSeconds, Processor = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds / texts };
    }

    private List<ReadyBatch> Batches(int[][] texts)
    {
        var batches = new List<ReadyBatch>();
        foreach (var window in texts.Chunk(Window))
        {
            var batch = new List<int[]>();
            foreach (var text in window.OrderBy(ids => ids.Length))
            {
                if (batch.Count > 0 && (batch.Count + 1) * text.Length > _budget)
                {
                    batches.Add(new ReadyBatch(batch, _package.Tokenizer.PadId));
                    batch = [];
                }

                batch.Add(text);
            }

            batches.Add(new ReadyBatch(batch, _package.Tokenizer.PadId));
        }

        return batches;
    }
}
