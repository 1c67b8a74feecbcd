using System.Diagnostics.CodeAnalysis;
using Evergrain.Engine.Models;
using Evergrain.Engine.Sessions;

namespace Evergrain.Engine.Batching;

/// <summary>
/// One session on one device, with the thread that feeds it. A thread of its own: inference on the thread pool would starve the
/// heartbeats and the membership votes of the silo.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "StopAsync closes the session.")]
internal sealed class DeviceSlot
{
    private readonly WatchedSession _session;
    private readonly SlotBudget _budget;
    private readonly BatchQueue _queue;
    private readonly TimeProvider _time;
    private readonly BatchRunner _runner;
    private readonly ProbeSchedule _probes;
    private readonly Func<string?> _ask;
    private readonly EngineHealth _health;
    private readonly DrainRate _rate;
    private readonly BusyMeter _busy;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RunningBatch? _running;

    /// <param name="slot">Session and device.</param>
    /// <param name="package">Its model.</param>
    /// <param name="queue">Where its work is.</param>
    /// <param name="health">Told when the device cannot be believed.</param>
    /// <param name="check">Makes the question for the session's known answers: what is wrong with them, null where nothing is.</param>
    /// <param name="limits">Say how often.</param>
    /// <param name="time">The clock.</param>
    public DeviceSlot(
        OpenSlot slot, ModelPackage package, BatchQueue queue, EngineHealth health, Func<IModelSession, Func<string?>> check, LiveLimits limits, TimeProvider time)
    {
        (Device, Threads) = (slot.Device, slot.Threads);
        (_queue, _health, _time) = (queue, health, time);
        _session = new WatchedSession(slot.Session);
        _budget = new SlotBudget(slot.Budget, time);
        _ask = check(_session);
        _runner = new BatchRunner(_session, package.Manifest.Labels.Length, package.Tokenizer.PadId, _ask);
        _probes = new ProbeSchedule(limits, time);
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

    /// <summary>Called at even intervals.</summary>
    /// <param name="limit">So many looks at the same run are a hang.</param>
    public void LookForHang(int limit)
    {
        if (_session.Look() < limit || !_hung.TrySetResult()) return;
        _health.Fail(new EngineFailure(Device, "a run does not return"));
        if (Volatile.Read(ref _running) is { } running) FailCalls(running.Items);
    }

    /// <summary>Waits for the end of the running batch and closes the session; a run that hangs is left behind. The queue has to be closed first.</summary>
    public async Task StopAsync()
    {
        if (await Task.WhenAny(_stopped.Task, _hung.Task) == _hung.Task) return;
        _thread.Join();
        _session.Dispose();
    }

    private void Loop()
    {
        try
        {
            while (true)
            {
                // No waiting for more: what comes while a batch runs is the next batch.
                if (_queue.Take(_rate.Current, _budget.Current, _probes.Patience) is not { } batch) return;
                if (batch.Count > 0) Run(batch);
                if (_probes.IsDue(idle: batch.Count == 0)) Probe();
            }
        }
        finally
        {
            _stopped.SetResult();
        }
    }

    private void Probe()
    {
        _busy.Set(true);
        if (_ask() is { } problem) _health.Fail(new EngineFailure(Device, problem));
        _probes.Asked();
        _busy.Set(false);
    }

    private void Run(List<WorkItem> batch)
    {
        var tokens = batch.Sum(item => item.Ids.Length);
        var longest = batch.Max(item => item.Ids.Length);
        var started = _time.GetTimestamp();
        Volatile.Write(ref _running, new RunningBatch(batch, started, TimeSpan.FromSeconds(tokens / Math.Max(_rate.Of(LengthBucket.Of(longest)), 1))));
        _busy.Set(true);
        var end = _runner.Run(batch, (item, result) => Tell(item, result, started));
        if (end.FirstTry) _rate.Add(longest, tokens, _time.GetElapsedTime(started)); // a batch that was run twice says nothing about the device
        BatchSpan.Record(batch, Device, started, _time);
        if (end.NoMemory) _budget.Shrink();
        if (end.Problem is { } problem)
        {
            _health.Fail(new EngineFailure(Device, problem));
            FailCalls(batch);
        }

        _busy.Set(false);
        Volatile.Write(ref _running, null);
    }

    /// <summary>Not what was computed while a device turned out to lie.</summary>
    private void Tell(WorkItem item, TextResult result, long started)
    {
        if (_health.Failure is { } failure) item.Call.Fail(new EngineFailedException(failure, running: false));
        else item.Complete(result, _time.GetElapsedTime(item.Call.Enqueued, started), _time.GetElapsedTime(started));
    }

    /// <summary>The calls of the batch that the device failed on: one of them may be the cause.</summary>
    private void FailCalls(IReadOnlyList<WorkItem> items)
    {
        foreach (var item in items) item.Call.Fail(new EngineFailedException(_health.Failure!, running: true));
    }

    private sealed record RunningBatch(IReadOnlyList<WorkItem> Items, long Started, TimeSpan Predicted);
}
