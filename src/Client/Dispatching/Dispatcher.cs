using Evergrain.Client.Channels;
using Evergrain.Client.Picking;
using Microsoft.Extensions.Logging;

namespace Evergrain.Client.Dispatching;

/// <summary>
/// Sends one call to the silo that the pick policy names, and on to another when that one is lost, refuses or is late, as long
/// as the caller has time. A prediction changes nothing, so asking twice is harmless.
/// </summary>
internal sealed partial class Dispatcher(
    IChannelSource channels, EvergrainClientOptions options, ClientMetrics metrics, ILogger<Dispatcher> logger, TimeProvider time,
    Random random)
{
    /// <summary>Service time allowed to an attempt beyond its predicted finish, and how far that may be off: silos that share
    /// their cores drain slower together than either measured alone.</summary>
    private static readonly TimeSpan ServiceAllowance = TimeSpan.FromSeconds(1);
    private const double PredictionSlack = 3;

    private static readonly TimeSpan NoSiloRetryAfter = TimeSpan.FromSeconds(1);

    private readonly RetryBudget _budget = new(time);

    /// <param name="request">Texts and lane; its time left is set anew for each attempt.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<DispatchResult> SendAsync(PredictRequest request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var tokens = TokenEstimate.Of(request.Texts);
        var tried = new HashSet<ISiloChannel>(ReferenceEqualityComparer.Instance);
        var attempts = 0;
        var retries = 0;
        _budget.Earn();
        Refusal? refusal = null;
        Attempt? failed = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var left = request.TimeLeft - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return Late(request, attempts);

            var channel = Pick(tokens, tried, out var predicted);
            if (channel is null) return failed is { } f ? Failed(f, attempts) : Refused(refusal, attempts);
            tried.Add(channel);
            attempts++;

            var limit = AttemptLimit(predicted, left);
            // The silo hears of the request's time, not the attempt's: at the end of an attempt it is told by the cancellation, and a
            // text that it dropped a moment earlier would come back as too late although another silo could still answer.
            var attempt = await TryAsync(channel, request with { TimeLeft = left }, tokens, limit, cancellationToken).ConfigureAwait(false);
            metrics.Attempt(channel.Name, attempt.Outcome);
            switch (attempt.Outcome)
            {
                case AttemptOutcome.Answered:
                    channel.Observe(attempt.Took, predicted, tokens);
                    return new DispatchResult { Reply = attempt.Reply, ServedBy = attempt.Reply!.Load.Silo, Attempts = attempts };

                case AttemptOutcome.Lost:
                    // Nothing limits this: the silo is gone, and whoever waits for it must be answered by another.
                    Log.Failover(logger, channel.Name, attempts);
                    break;

                case AttemptOutcome.Refused:
                    refusal = attempt.Reply!.Refusal;
                    if (refusal!.Code == ErrorCode.NotReady) break; // It said so at once: not a retry, just a late report.
                    if (!MayRetry(ref retries)) return Refused(refusal, attempts);
                    break;

                case AttemptOutcome.Late:
                case AttemptOutcome.Failed:
                    channel.ObserveFailure(limit, tokens, AnyOther(channel));
                    Log.Failed(logger, channel.Name, attempt.Outcome, attempt.Cause ?? "", attempts);
                    failed = attempt;
                    if (!MayRetry(ref retries)) return Failed(attempt, attempts);
                    break;
            }
        }
    }

    /// <summary>Waiting in a known queue is no failure: an attempt has its predicted time and one allowance, never more than the
    /// request itself.</summary>
    private static TimeSpan AttemptLimit(TimeSpan predicted, TimeSpan left)
        => predicted * PredictionSlack + ServiceAllowance is var limit && limit > left ? left : limit;

    private bool MayRetry(ref int retries) => ++retries <= options.MaxRetries && _budget.TryTake();

    private bool AnyOther(ISiloChannel channel)
        => channels.Current.Any(c => c != channel && PickPolicy.IsEligible(c.ToCandidate(false, channels.IsDeclaredDead(c))));

    private ISiloChannel? Pick(long tokens, HashSet<ISiloChannel> tried, out TimeSpan predicted)
    {
        var current = channels.Current;
        Span<Candidate> candidates = current.Length <= 16 ? stackalloc Candidate[current.Length] : new Candidate[current.Length];
        for (var i = 0; i < current.Length; i++)
        {
            candidates[i] = current[i].ToCandidate(tried.Contains(current[i]), channels.IsDeclaredDead(current[i]));
        }

        var pick = PickPolicy.Choose(candidates, tokens, options.BatchTokens, random);
        metrics.Picked(pick.Reason);
        if (pick.Index < 0)
        {
            predicted = default;
            return null;
        }

        predicted = (candidates[pick.Index] with { Lag = TimeSpan.Zero }).PredictFinish(tokens);
        return current[pick.Index];
    }

    private async Task<Attempt> TryAsync(
        ISiloChannel channel, PredictRequest request, long tokens, TimeSpan limit, CancellationToken caller)
    {
        var started = time.GetTimestamp();
        var lost = channel.Lost;
        using var timer = new CancellationTokenSource(limit, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(caller, lost, timer.Token);
        try
        {
            var reply = await channel.PredictAsync(request, tokens, any.Token).ConfigureAwait(false);
            var outcome = reply.Refusal is null ? AttemptOutcome.Answered : AttemptOutcome.Refused;
            return new Attempt(outcome, time.GetElapsedTime(started), reply, null);
        }
        catch (Exception e)
        {
            // In this order: the caller's own leaving is never a silo's fault, and a lost silo explains every other exception.
            caller.ThrowIfCancellationRequested();
            var outcome = lost.IsCancellationRequested ? AttemptOutcome.Lost
                : timer.IsCancellationRequested ? AttemptOutcome.Late
                : AttemptOutcome.Failed;
            return new Attempt(outcome, time.GetElapsedTime(started), null, e.GetType().Name);
        }
    }

    private static DispatchResult Refused(Refusal? refusal, int attempts) => refusal is { Code: not ErrorCode.NotReady }
        ? new DispatchResult { Error = refusal.Code, Detail = refusal.Detail, RetryAfter = refusal.RetryAfter, Attempts = attempts }
        : new DispatchResult
        {
            Error = ErrorCode.NoSilo,
            Detail = "No silo can answer at the moment.",
            RetryAfter = NoSiloRetryAfter,
            Attempts = attempts,
        };

    private static DispatchResult Failed(Attempt attempt, int attempts) => new()
    {
        Error = attempt.Outcome == AttemptOutcome.Late ? ErrorCode.DeadlineExceeded : ErrorCode.NoSilo,
        Detail = attempt.Outcome == AttemptOutcome.Late ? "No silo answered in time." : "No silo answered.",
        RetryAfter = NoSiloRetryAfter,
        Attempts = attempts,
    };

    private static DispatchResult Late(PredictRequest request, int attempts) => new()
    {
        Error = ErrorCode.DeadlineExceeded,
        Detail = $"Not answered within {request.TimeLeft.TotalMilliseconds:F0} ms.",
        Attempts = attempts,
    };

    private readonly record struct Attempt(AttemptOutcome Outcome, TimeSpan Took, PredictReply? Reply, string? Cause);

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Information, "{Silo} was lost with a call in flight: attempt {Attempt} goes elsewhere")]
        public static partial void Failover(ILogger logger, string silo, int attempt);

        [LoggerMessage(11, LogLevel.Warning, "{Silo} did not answer a call ({Outcome} {Cause}), attempt {Attempt}")]
        public static partial void Failed(ILogger logger, string silo, AttemptOutcome outcome, string cause, int attempt);
    }
}
