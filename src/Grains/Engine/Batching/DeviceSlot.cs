using Evergrain.Engine.Models;
using Evergrain.Engine.Sessions;

namespace Evergrain.Engine.Batching;

/// <summary>
/// One session on one device, with the thread that feeds it. A thread of its own: inference on the thread pool would starve the
/// heartbeats and the membership votes of the silo.
/// </summary>
internal sealed class DeviceSlot
{
    private readonly IModelSession _session;
    private readonly BatchBudget _budget;
    private readonly BatchQueue _queue;
    private readonly TimeProvider _time;
    private readonly BatchRunner _runner;
    private readonly DrainRate _rate;
    private readonly BusyMeter _busy;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RunningBatch? _running;

    public DeviceSlot(OpenSlot slot, ModelPackage package, BatchQueue queue, TimeProvider time)
    {
        (Device, Threads) = (slot.Device, slot.Threads);
        (_session, _budget, _queue, _time) = (slot.Session, slot.Budget, queue, time);
        _runner = new BatchRunner(slot.Session, package.Manifest.Labels.Length, package.Tokenizer.PadId);
        _rate = new DrainRate(slot.FirstRate);
        _busy = new BusyMeter(time);
        _thread = new Thread(Loop) { Name = $"evergrain {slot.Device}", IsBackground = true };
    }

    /// <summary>As the configuration writes it.</summary>
    public string Device { get; }

    /// <summary>Intra-op threads.</summary>
    public int Threads { get; }

    /// <summary>Tokens per second while busy.</summary>
    public double DrainRate => _rate.Current;

    /// <summary>The same for texts of one <see cref="LengthBucket"/>.</summary>
    public double RateOf(int bucket) => _rate.Of(bucket);

    /// <summary>Share of the last seconds in which it was busy, 0..1.</summary>
    public double BusyShare => _busy.Share;

    /// <summary>Predicted rest of the running batch; zero where none runs or it takes longer than predicted.</summary>
    public TimeSpan RestOfBatch
    {
        get
        {
            if (Volatile.Read(ref _running) is not { } running) return TimeSpan.Zero;
            var rest = running.Predicted - _time.GetElapsedTime(running.Started);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    public void Start() => _thread.Start();

    /// <summary>Waits for the end of the running batch and closes the session. The queue has to be closed first.</summary>
    public async Task StopAsync()
    {
        await _stopped.Task;
        _thread.Join();
        _session.Dispose();
    }

    private void Loop()
    {
        try
        {
            // No waiting for more: what comes while a batch runs is the next batch.
            while (_queue.Take(_rate.Current, _budget) is { } batch) Run(batch);
        }
        finally
        {
            _stopped.SetResult();
        }
    }

    private void Run(List<WorkItem> batch)
    {
        var tokens = batch.Sum(item => item.Ids.Length);
        var longest = batch.Max(item => item.Ids.Length);
        var started = _time.GetTimestamp();
        Volatile.Write(ref _running, new RunningBatch(started, TimeSpan.FromSeconds(tokens / Math.Max(_rate.Of(LengthBucket.Of(longest)), 1))));
        _busy.Set(true);
        var good = _runner.Run(batch, (item, result)
            => item.Complete(result, _time.GetElapsedTime(item.Call.Enqueued, started), _time.GetElapsedTime(started)));
        if (good) _rate.Add(longest, tokens, _time.GetElapsedTime(started)); // a batch that was run twice says nothing about the device
        _busy.Set(false);
        Volatile.Write(ref _running, null);
    }

    private sealed record RunningBatch(long Started, TimeSpan Predicted);
}
