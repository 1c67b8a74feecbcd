using System.Diagnostics.CodeAnalysis;
using Evergrain.Client.Channels;

namespace Evergrain.Client.Dispatching;

/// <summary>One attempt under way on one silo. It never throws: how it ends is its result.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The attempt disposes the source when it ends, which it always does.")]
internal sealed class AttemptRun
{
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly CancellationTokenSource _source;
    private volatile bool _abandoned;

    private AttemptRun(ISiloChannel channel, in AttemptTimes times, TimeProvider time)
    {
        (Channel, Times, _time) = (channel, times, time);
        _started = time.GetTimestamp();
        _source = new CancellationTokenSource(times.Limit, time);
        Result = null!; // set by Start, before anyone else sees this
    }

    public ISiloChannel Channel { get; }

    public AttemptTimes Times { get; }

    public Task<Attempt> Result { get; private set; }

    private TimeSpan Elapsed => _time.GetElapsedTime(_started);

    public static AttemptRun Start(
        ISiloChannel channel, PredictRequest request, long tokens, in AttemptTimes times, TimeProvider time, CancellationToken caller)
    {
        var run = new AttemptRun(channel, times, time);
        run.Result = run.RunAsync(request, tokens, caller);
        return run;
    }

    /// <summary>The other copy was answered.</summary>
    public void Abandon()
    {
        _abandoned = true;
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
        if (!Channel.Connected) return Ended(new Attempt(AttemptOutcome.Lost, TimeSpan.Zero));

        var call = Channel.Enter(tokens);
        try
        {
            using var onLost = lost.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), _source);
            using var onCaller = caller.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), _source);
            var reply = await Channel.PredictAsync(request, _source.Token).ConfigureAwait(false);
            return new Attempt(reply.Refusal is null ? AttemptOutcome.Answered : AttemptOutcome.Refused, Elapsed, reply);
        }
        catch (Exception e)
        {
            // In this order: the caller's own leaving is never a silo's fault, nor is that of a copy that is not needed any more; and a lost
            // silo explains every other exception.
            var outcome = caller.IsCancellationRequested || _abandoned ? AttemptOutcome.Abandoned
                : lost.IsCancellationRequested ? AttemptOutcome.Lost
                : Elapsed >= Times.Limit ? AttemptOutcome.Late
                : AttemptOutcome.Failed;
            return new Attempt(outcome, Elapsed, null, e.GetType().Name, call.ConnectionClosed, call.MayHaveRun);
        }
        finally
        {
            Channel.Leave(call);
            _source.Dispose();
        }
    }

    private Attempt Ended(Attempt attempt)
    {
        _source.Dispose();
        return attempt;
    }
}
