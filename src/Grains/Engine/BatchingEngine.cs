using System.Collections.Immutable;
using Evergrain.Engine.Batching;
using Evergrain.Engine.Models;
using Evergrain.Engine.Sessions;

namespace Evergrain.Engine;

/// <summary>The engine: tokenizes on the caller's thread, queues, and lets the device slots take what they can.</summary>
internal sealed class BatchingEngine : IInferenceEngine
{
    /// <summary>A call with more characters is tokenized on the thread pool: on a grain's thread it would hold up every other
    /// call.</summary>
    private const int InlineCharacters = 20_000;

    private static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(1);

    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(500);

    private readonly ModelPackage _package;
    private readonly TimeProvider _time;
    private readonly LiveLimits _limits;
    private readonly BatchQueue _queue;
    private readonly ImmutableArray<DeviceSlot> _slots;
    private readonly EngineHealth _health = new();
    private readonly ITimer _watchdog;
    private readonly Lock _disposing = new();
    private readonly Func<int, double> _rateOf; // one delegate for all calls
    private readonly Func<IReadOnlyList<WorkItem>, TimeSpan?> _retryAfter;
    private readonly int _batchTokens;
    private Task? _disposed;
    private int _inFlight;

    /// <param name="package">The model.</param>
    /// <param name="options">Limits.</param>
    /// <param name="slots">Sessions that have given their known answers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="check">Makes the question for a session's known answers; left out: one of each label of the package.</param>
    public BatchingEngine(
        ModelPackage package, EngineOptions options, IReadOnlyCollection<OpenSlot> slots, TimeProvider time, Func<IModelSession, Func<string?>>? check = null)
    {
        check ??= session => new KnownAnswerProbe(package, session, time).Problem;
        (_package, _time, _limits) = (package, time, options.Limits);
        _queue = new BatchQueue(time);
        Plan = string.Join(", ", slots.GroupBy(slot => (slot.Device, slot.Threads), (of, own) => $"{of.Device}: {Count(own.Count(), "slot")} of {Count(of.Threads, "thread")}"));
        _slots = [.. slots.Select(slot => new DeviceSlot(slot, package, _queue, _health, check, options.Limits, time))];
        _batchTokens = slots.Sum(slot => slot.Budget.Tokens);
        _rateOf = bucket => Sum(slot => slot.RateOf(bucket));
        _retryAfter = RetryAfter;
        _health.Failed += OnFailed;
        foreach (var slot in _slots) slot.Start();
        _watchdog = time.CreateTimer(_ => LookForHangs(), null, WatchInterval, WatchInterval);
    }

    public ModelIdentity Model => _package.Identity;

    public string Plan { get; }

    public EngineLoad Load => new()
    {
        QueuedTokens = _queue.Tokens,
        InFlight = Volatile.Read(ref _inFlight),
        DrainRate = Sum(slot => slot.DrainRate),
        RestOfBatch = RestOfBatch(),
        BatchTokens = _batchTokens,
        BusyShare = Sum(slot => slot.BusyShare) / _slots.Length,
    };

    public ImmutableArray<DeviceUse> Devices => [.. _slots
        .GroupBy(slot => slot.Device, (device, own) => (Device: device, Slots: own.ToArray()))
        .Select(of => new DeviceUse(of.Device, of.Slots.Average(slot => slot.BusyShare), of.Slots.Length, of.Slots[0].Threads))];

    public Task<EngineFailure> Failed => _health.Ended;

    public async Task<EngineAnswer> PredictAsync(
        ImmutableArray<string> texts, TimeSpan timeLeft, Lane lane, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (texts.IsDefaultOrEmpty) return new EngineAnswer([], default);
        if (_health.Failure is { } failure) throw new EngineFailedException(failure, running: false);
        // Before any work is put into it; how long it takes itself is not known yet.
        if (RetryAfter(lane, ownSeconds: 0, timeLeft) is { } wait) throw new EngineOverloadedException(wait);
        Interlocked.Add(ref _inFlight, texts.Length);
        try
        {
            var items = texts.Sum(text => text.Length) > InlineCharacters
                ? await Task.Run(() => Tokenize(texts, timeLeft, lane), cancellationToken)
                : Tokenize(texts, timeLeft, lane);
            var call = items[0].Call;
            Enqueue(items);
            await using var cancelled = cancellationToken.UnsafeRegister(
                (_, token) => _queue.Cancel(call, token), null).ConfigureAwait(false);
            return await call.Answer;
        }
        finally
        {
            Interlocked.Add(ref _inFlight, -texts.Length);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_disposing) return new ValueTask(_disposed ??= CloseAsync());
    }

    private async Task CloseAsync()
    {
        foreach (var call in _queue.Close()) call.Fail(new ObjectDisposedException(nameof(IInferenceEngine), "The engine is closing."));
        await Task.WhenAll(_slots.Select(slot => slot.StopAsync()));
        await _watchdog.DisposeAsync();
    }

    /// <summary>Nothing of this engine is to be believed any more, the slots of other devices included: the process goes as a whole.</summary>
    private void OnFailed()
    {
        foreach (var call in _queue.Close()) call.Fail(new EngineFailedException(_health.Failure!, running: false));
    }

    private void LookForHangs()
    {
        var looks = Math.Max(1, (int)(_limits.Current.RunLimit / WatchInterval));
        foreach (var slot in _slots) slot.LookForHang(looks);
    }

    private void Enqueue(WorkItem[] items)
    {
        try
        {
            _queue.Add(items, _retryAfter);
        }
        catch (ObjectDisposedException) when (_health.Failure is { } failure)
        {
            throw new EngineFailedException(failure, running: false);
        }
    }

    private WorkItem[] Tokenize(ImmutableArray<string> texts, TimeSpan timeLeft, Lane lane)
    {
        var start = _time.GetTimestamp();
        var encoded = new (int[] Ids, bool Truncated)[texts.Length];
        for (var i = 0; i < encoded.Length; i++)
        {
            encoded[i].Ids = _package.Tokenizer.Encode(texts[i], _package.Manifest.MaxLength, out encoded[i].Truncated);
        }

        var left = timeLeft < LongestDeadline ? timeLeft : LongestDeadline;
        var deadline = start + (long)(left.TotalSeconds * _time.TimestampFrequency);
        var call = new PredictCall(texts.Length, lane, _time.GetElapsedTime(start), _time.GetTimestamp(), deadline);
        return [.. encoded.Select((text, index) => new WorkItem(call, index, text.Ids, text.Truncated))];
    }

    private TimeSpan? RetryAfter(IReadOnlyList<WorkItem> items)
    {
        var call = items[0].Call;
        var seconds = 0.0;
        foreach (var item in items) seconds += item.Ids.Length / Math.Max(_rateOf(LengthBucket.Of(item.Ids.Length)), 1);
        return RetryAfter(call.Lane, seconds, _time.GetElapsedTime(call.Enqueued, call.Deadline));
    }

    private TimeSpan? RetryAfter(Lane lane, double ownSeconds, TimeSpan timeLeft)
        => QueueLimit.RetryAfter(_queue.SecondsAhead(lane, _rateOf), RestOfBatch(), ownSeconds, timeLeft, _limits.Current.MaxQueueWait);

    /// <summary>Of several slots the one that is free first counts.</summary>
    private TimeSpan RestOfBatch()
    {
        var least = TimeSpan.MaxValue;
        foreach (var slot in _slots)
        {
            var rest = slot.RestOfBatch;
            if (rest < least) least = rest;
        }

        return least;
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    private double Sum(Func<DeviceSlot, double> of)
    {
        var sum = 0.0;
        foreach (var slot in _slots) sum += of(slot);
        return sum;
    }
}

/// <summary>A session that has given its known answers.</summary>
/// <param name="Device">As the configuration writes it.</param>
/// <param name="Session">Its own, or shared.</param>
/// <param name="Budget">Of its batches.</param>
/// <param name="FirstRate">Tokens per second as measured.</param>
/// <param name="Threads">Intra-op threads.</param>
internal readonly record struct OpenSlot(string Device, IModelSession Session, BatchBudget Budget, double FirstRate, int Threads = 1);
