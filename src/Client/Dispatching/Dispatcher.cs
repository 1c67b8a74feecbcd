using Microsoft.Extensions.Logging;

namespace Evergrain.Client.Dispatching;

/// <summary>
/// Sends one call to the silo that the pick policy names, and on to another when that one is lost, refuses or is late, as long
/// as the caller has time. A prediction changes nothing, so asking twice is harmless.
/// </summary>
internal sealed partial class Dispatcher(
    Router router, Hedger hedger, AloneReplay alone, EvergrainClientOptions options, ClientMetrics metrics,
    ILogger<Dispatcher> logger, TimeProvider time) : IDispatcher
{
    private readonly CallBudget _retries = CallBudget.ForRetries(time);

    public async Task<DispatchResult> SendAsync(PredictRequest request, string? model, CancellationToken cancellationToken)
    {
        _retries.Earn();
        hedger.Earn();
        var call = new Call(request, TokenEstimate.Of(request.Texts), time) { Model = model };
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var left = call.Left;
            if (left <= TimeSpan.Zero) return DispatchResult.Late(request.TimeLeft, call.Attempts);

            // Taken before the look, so that a change in between is not missed.
            var changed = router.WhenChanged;
            if (router.Choose(call.Tokens, left, call.Tried, model, hedge: false) is not { } route)
            {
                if (call.LastFailure == AttemptOutcome.Late && !call.SecondRound)
                {
                    // The silo that it was to go to has gone meanwhile. The one that was late may still answer.
                    call.SecondRound = true;
                    call.Tried.Clear();
                    continue;
                }

                if (call.LastLost is null) return call.Verdict();
                // It was with a silo that died. The next one may be seconds away, and its caller has waited already.
                await router.WaitAsync(changed, left, cancellationToken).ConfigureAwait(false);
                call.Tried.Clear();
                continue;
            }

            var run = Start(call, route, request.Lane, cancellationToken);
            call.LastLost?.MovedAway();
            call.LastLost = null;
            var (winner, attempt) = await hedger.RunAsync(call, run, Start, cancellationToken).ConfigureAwait(false);
            metrics.Attempt(winner.Channel.Name, attempt.Outcome);
            switch (attempt.Outcome)
            {
                case AttemptOutcome.Answered:
                    winner.Channel.Observe(attempt.Took, winner.Times, call.Tokens, answered: true);
                    return new DispatchResult { Reply = attempt.Reply, ServedBy = attempt.Reply!.Load.Silo, Attempts = call.Attempts };

                case AttemptOutcome.Lost:
                case AttemptOutcome.Refused when attempt.ProcessLost: // its device failed
                    // Nothing limits this: the silo is gone, and whoever waits for it must be answered by another.
                    Log.Failover(logger, winner.Channel.Name, call.Attempts);
                    call.LastLost = winner.Channel;
                    if (!attempt.MayHaveRun) break;
                    call.CountLoss();
                    return await alone.RunAsync(call, cancellationToken).ConfigureAwait(false);

                case AttemptOutcome.Refused:
                    call.LastRefusal = attempt.Reply!.Refusal;
                    if (call.LastRefusal!.Code == ErrorCode.NotReady) break; // It said so at once: not a retry, just a late report.
                    if (!MayRetry(call)) return call.Verdict();
                    break;

                case AttemptOutcome.Late:
                case AttemptOutcome.Failed:
                    winner.Channel.ObserveFailure(winner.Times.Limit, call.Tokens, router.AnyOther(winner.Channel, default));
                    Log.Failed(logger, winner.Channel.Name, attempt.Outcome, attempt.Cause ?? "", call.Attempts);
                    call.LastFailure = attempt.Outcome;
                    // The one that came late was given up for this.
                    if (attempt.Outcome == AttemptOutcome.Failed && !MayRetry(call)) return call.Verdict();
                    break;

                case AttemptOutcome.Abandoned:
                    break; // The caller left: the loop's first line says so.
            }
        }
    }

    private AttemptRun Start(Call call, Route route, Lane lane, CancellationToken caller)
    {
        call.Tried.Add(route.Channel);
        call.Attempts++;
        // The silo hears of the request's time, not the attempt's: at the end of an attempt it is told by the cancellation, and a
        // text that it dropped a moment earlier would come back as too late although another silo could still answer.
        return AttemptRun.Start(call, route, call.Request with { TimeLeft = call.Left, Lane = lane }, MayGiveUp, time, caller);
    }

    private bool MayRetry(Call call) => ++call.Retries <= options.MaxRetries && _retries.TryTake();

    /// <summary>An attempt's time is over. It is given up only for another silo, within the budget; else its silo has just shown that it is
    /// late, which counts, and may still answer.</summary>
    private bool MayGiveUp(AttemptRun run)
    {
        if (router.AnyOther(run.Channel, run.Call.Tried, run.Call.Model) && MayRetry(run.Call)) return true;
        run.Channel.Observe(run.Times.Limit, run.Times, run.Call.Tokens, answered: false);
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Debug, "{Silo} or its device was lost with a call in flight: attempt {Attempt} goes elsewhere")]
        public static partial void Failover(ILogger logger, string silo, int attempt);

        [LoggerMessage(11, LogLevel.Warning, "{Silo} did not answer a call ({Outcome} {Cause}), attempt {Attempt}")]
        public static partial void Failed(ILogger logger, string silo, AttemptOutcome outcome, string cause, int attempt);
    }
}
