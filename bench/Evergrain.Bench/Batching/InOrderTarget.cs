using System.Collections.Concurrent;
using System.Diagnostics;
using Evergrain.Bench.Throughput;
using Evergrain.Engine.Models;
using Microsoft.ML.OnnxRuntime;

namespace Evergrain.Bench.Batching;

/// <summary>What most servers do: a queue in the order of arrival, of which a worker takes what is there, up to a budget of padded tokens. With a budget of
/// one token every text runs alone.</summary>
internal sealed class InOrderTarget : ITarget
{
    private readonly BlockingCollection<(int[] Ids, TaskCompletionSource Done)> _queue = [];
    private readonly ModelPackage _package;
    private readonly InferenceSession _session;
    private readonly Thread[] _workers;
    private readonly int _budget;

    /// <param name="name">As the table says it.</param>
    /// <param name="package">The model.</param>
    /// <param name="workers">Threads that each compute a batch by themselves.</param>
    /// <param name="threads">Of a batch.</param>
    /// <param name="budget">Padded tokens of a batch.</param>
    public InOrderTarget(string name, ModelPackage package, int workers, int threads, int budget)
    {
        (Name, _package, _budget) = (name, package, budget);
        using var options = BareRuntime.Plain(threads);
        _session = new InferenceSession(package.ModelPath, options);
        _workers = [.. Enumerable.Range(0, workers).Select(_ => new Thread(Work) { IsBackground = true })];
        foreach (var worker in _workers) worker.Start();
    }

    public string Name { get; }

    public Task<Measured> RunAsync(Workload work, CancellationToken cancellationToken)
        => ClosedLoop.RunAsync(work, AskAsync, () => Process.GetCurrentProcess().TotalProcessorTime, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        foreach (var worker in _workers) worker.Join();
        _session.Dispose();
        _queue.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task AskAsync(ArraySegment<string> texts, CancellationToken cancellationToken)
    {
        var done = texts.Select(text =>
        {
            // Asynchronous continuations: a caller's next text is not the worker's business.
            var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _queue.Add((_package.Tokenizer.Encode(text, _package.Manifest.MaxLength, out var _), answered), cancellationToken);
            return answered.Task;
        });
        return Task.WhenAll(done.ToArray());
    }

    private void Work()
    {
        using var options = new RunOptions();
        var batch = new List<(int[] Ids, TaskCompletionSource Done)>();
        (int[] Ids, TaskCompletionSource Done)? left = null;
        while (left is not null || !_queue.IsCompleted)
        {
            if (left is null && _queue.TryTake(out var first, Timeout.Infinite)) left = first;
            if (left is null) return;
            batch.Add(left.Value);
            left = null;
            var longest = batch[0].Ids.Length;
            while (_queue.TryTake(out var next))
            {
                if ((batch.Count + 1) * Math.Max(longest, next.Ids.Length) > _budget)
                {
                    left = next;
                    break;
                }

                longest = Math.Max(longest, next.Ids.Length);
                batch.Add(next);
            }

            using (var ready = new ReadyBatch([.. batch.Select(item => item.Ids)], _package.Tokenizer.PadId)) ready.Run(_session, options);
            foreach (var item in batch) item.Done.SetResult();
            batch.Clear();
        }
    }
}
