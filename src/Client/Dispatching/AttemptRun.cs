using System.Diagnostics.CodeAnalysis;
using Evergrain.Client.Channels;

namespace Evergrain.Client.Dispatching;

/// <summary>One attempt under way on one silo. It never throws: how it ends is its result.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The attempt disposes the source when it ends, which it always does.")]
internal sealed class AttemptRun
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly CancellationTokenSource _source = new();
    private readonly ITimer _timer;
    private readonly Func<AttemptRun, bool> _mayGiveUp;
    private readonly TimeSpan _left;
    private volatile bool _abandoned;
    private volatile bool _gaveUp;
    private bool _paused;
    private int _fired;

    private AttemptRun(Call call, in Route route, Func<AttemptRun, bool> mayGiveUp, TimeProvider time)
    {
        (Call, Channel, Times, _mayGiveUp, _left, _time) = (call, route.Channel, route.Times, mayGiveUp, call.Left, time);
        _started = time.GetTimestamp();
        Result = null!; // set by Start, before anyone else sees this
        // Started when it is assigned: on a busy machine it could fire first, and uses itself.
        _timer = time.CreateTimer(static s => ((AttemptRun)s!).OnTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Times.Limit, Timeout.InfiniteTimeSpan);
    }

    public Call Call { get; }

    public ISiloChannel Channel { get; }

    public AttemptTimes Times { get; }

    public Task<Attempt> Result { get; private set; }

    private TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <param name="call">What it is an attempt of.</param>
    /// <param name="route">Where it goes, and what is expected there.</param>
    /// <param name="request">What is sent.</param>
    /// <param name="mayGiveUp">Asked once, when the attempt's time is over: whether the call can go elsewhere. Where it cannot, the attempt
    /// goes on for as long as the call has time: a late answer is better than none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="caller">The caller's cancellation.</param>
    public static AttemptRun Start(
        Call call, in Route route, PredictRequest request, Func<AttemptRun, bool> mayGiveUp, TimeProvider time, CancellationToken caller)
    {
        var run = new AttemptRun(call, route, mayGiveUp, time);
        run.Result = run.RunAsync(request, TokenEstimate.Of(request.Texts), caller);
        return run;
    }

    /// <summary>The other copy was answered.</summary>
    public void Abandon()
    {
        _abandoned = true;
        Cancel();
    }

    private void OnTime()
    {
        if (_fired == 0 && !_paused && Elapsed - Times.Limit > Late)
        {
            // The timer itself is late: this process was paused, and the answer may be waiting unread.
            _paused = true;
            _timer.Change(Times.Limit, Timeout.InfiniteTimeSpan);
            return;
        }

        var rest = _left - Elapsed;
        if (Interlocked.Increment(ref _fired) > 1 || rest <= TimeSpan.Zero || _mayGiveUp(this))
        {
            _gaveUp = true;
            Cancel();
        }
        else
        {
            _timer.Change(rest, Timeout.InfiniteTimeSpan);
        }
    }

    private void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    private async Task<Attempt> RunAsync(PredictRequest request, long tokens, CancellationToken caller)
    {
        // Before the look at the connection: either the look sees that it is closed, or the token is cancelled when it closes.
        var lost = Channel.Lost;
        if (!Channel.Connected)
        {
            Close();
            return new Attempt(AttemptOutcome.Lost, TimeSpan.Zero);
        }

        var call = Channel.Enter(tokens);
        using var span = AttemptSpan.Start(Channel.Name, tokens, request);
        try
        {
            using var onLost = lost.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), _source);
            using var onCaller = caller.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), _source);
            var reply = await Channel.PredictAsync(request, _source.Token).ConfigureAwait(false);
            AttemptSpan.End(span, reply.Refusal is null ? AttemptOutcome.Answered : AttemptOutcome.Refused);
            if (reply.Refusal is not { } refusal) return new Attempt(AttemptOutcome.Answered, Elapsed, reply);
            // The process is there, but ends like one that was lost, and the silo itself says that this call was in the batch.
            var deviceLost = refusal.Code == ErrorCode.DeviceLost;
            return new Attempt(AttemptOutcome.Refused, Elapsed, reply, ProcessLost: deviceLost, MayHaveRun: deviceLost);
        }
        catch (Exception e)
        {
            // In this order: the caller's own leaving is never a silo's fault, nor is that of a copy that is not needed any more; and a lost
            // silo explains every other exception.
            var outcome = caller.IsCancellationRequested || _abandoned ? AttemptOutcome.Abandoned
                : lost.IsCancellationRequested ? AttemptOutcome.Lost
                : _gaveUp ? AttemptOutcome.Late
                : AttemptOutcome.Failed;
            AttemptSpan.End(span, outcome);
            // Whoever ran alone was not queued behind older ones, however many there were.
            var mayHaveRun = call.MayHaveRun || (call.ConnectionClosed && request.Lane == Lane.Alone);
            return new Attempt(outcome, Elapsed, null, e.GetType().Name, call.ConnectionClosed, mayHaveRun);
        }
        finally
        {
            Channel.Leave(call);
            Close();
        }
    }

    private void Close()
    {
        _timer.Dispose();
        _source.Dispose();
    }
}
