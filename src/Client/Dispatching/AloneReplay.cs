using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Evergrain.Client.Dispatching;

/// <summary>
/// Replays the texts of a call that may have been in the running batch when a process or its device was lost: each alone, one at a time on a silo, whoever
/// asks. A text that takes a second process with it is refused from then on, by every client. So a text that kills stops after two
/// silos, and its neighbours are answered.
/// </summary>
internal sealed partial class AloneReplay(
    Router router, SuspectPlace place, PoisonList poison, EvergrainClientOptions options, ClientMetrics metrics, ILogger<AloneReplay> logger,
    TimeProvider time)
{
    /// <summary>A row of a text for which no silo was found.</summary>
    private const string NotAnswered = "No silo answered this text in time.";

    /// <summary>How often the texts of a call are begun with while the model is changed.</summary>
    private const int MostBegun = 3;

    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(100);

    public async Task<DispatchResult> RunAsync(Call call, CancellationToken cancellationToken)
    {
        if (call.TookTwo)
        {
            // Late, lost, and its copy lost while it ran alone: it has had its two processes.
            Blame(call.Request.Texts[0], call.LastLost!.Name);
            return DispatchResult.Poison(call.Attempts);
        }

        // Whoever is dying of the same cause shall be gone before a text goes there: it would be blamed for that.
        await Task.Delay(Call.OneCause, time, cancellationToken).ConfigureAwait(false);
        var rows = ImmutableArray.CreateBuilder<TextResult>(call.Request.Texts.Length);
        PredictReply? last = null;
        var model = call.Model;
        var begun = 1;
        for (var i = 0; i < call.Request.Texts.Length; i++)
        {
            var (row, reply) = await ReplayAsync(call, call.Request.Texts[i], model, cancellationToken).ConfigureAwait(false);
            if (reply is not null && last is not null && reply.Model.Hash != last.Model.Hash)
            {
                // One reply has one model: the texts before this one are asked again.
                if (++begun > MostBegun) return DispatchResult.MixedModels(call.Attempts);
                rows.Clear();
                (model, last, i) = (reply.Model.Hash, null, -1);
                continue;
            }

            rows.Add(row);
            last = reply ?? last;
            model ??= reply?.Model.Hash;
        }

        if (last is not null)
            return new DispatchResult { Reply = last with { Results = rows.MoveToImmutable() }, ServedBy = last.Load.Silo, Attempts = call.Attempts };
        return rows[0].Error == ErrorCode.SuspectedPoison ? DispatchResult.Poison(call.Attempts) : call.Verdict() with { Error = rows[0].Error };
    }

    /// <returns>The text's row, and the reply that it came in, where there is one.</returns>
    private async Task<(TextResult Row, PredictReply? Reply)> ReplayAsync(
        Call call, string text, string? model, CancellationToken cancellationToken)
    {
        var request = call.Request with { Texts = [text], Lane = Lane.Alone };
        var tokens = TokenEstimate.Of(text);
        var tried = default(TriedSilos);
        // Where only its device failed the silo itself is still there for a moment.
        if (call.LastLost is { } lost) tried.Add(lost);
        var retries = 0;
        while (call.Left is var left && left > TimeSpan.Zero)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (poison.Refused(text) is not null) return (Poison(), null);
            var changed = router.WhenChanged;
            if (router.Choose(tokens, left, tried, model, hedge: false) is not { } route)
            {
                // A silo that had no place a moment ago may have one now, and nothing will tell.
                tried.Clear();
                await router.WaitAsync(changed, left < AskAgain ? left : AskAgain, cancellationToken).ConfigureAwait(false);
                continue;
            }

            tried.Add(route.Channel);
            var ticket = Guid.NewGuid();
            if (!await place.EnterAsync(route.Channel, ticket, left, cancellationToken).ConfigureAwait(false))
            {
                // That one was lost meanwhile: the next may be dying with it.
                if (!route.Channel.Connected) await Task.Delay(Call.OneCause, time, cancellationToken).ConfigureAwait(false);
                continue;
            }

            call.Attempts++;
            var run = AttemptRun.Start(call, route, request with { TimeLeft = call.Left }, GiveUp, time, cancellationToken);
            call.LastLost?.MovedAway();
            call.LastLost = null;
            var attempt = await run.Result.ConfigureAwait(false);
            metrics.Attempt(route.Channel.Name, attempt.Outcome);
            if (attempt.Outcome == AttemptOutcome.Answered)
            {
                route.Channel.LeaveAlone(ticket);
                route.Channel.Observe(attempt.Took, route.Times, tokens, answered: true);
                return (attempt.Reply!.Results[0], attempt.Reply);
            }

            if (route.Channel.Connected) route.Channel.LeaveAlone(ticket); // also where it is only suspected, or its device failed
            if (attempt.ProcessLost)
            {
                // It held the only place for suspects when the process or its device went: nobody else can have been it.
                Blame(text, route.Channel.Name);
                return (Poison(), null);
            }

            if (attempt.Outcome == AttemptOutcome.Lost || attempt.Reply?.Refusal?.Code == ErrorCode.NotReady) continue;
            if (attempt.Outcome is AttemptOutcome.Late or AttemptOutcome.Failed)
                route.Channel.ObserveFailure(route.Times.Limit, tokens, router.AnyOther(route.Channel, default));
            if (++retries > options.MaxRetries) break;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return (new TextResult { Error = ErrorCode.DeadlineExceeded, Detail = NotAnswered }, null);
    }

    /// <summary>It holds the only place for suspects: whoever waits behind it has waited long enough.</summary>
    private static bool GiveUp(AttemptRun run) => true;

    private void Blame(string text, string silo)
    {
        Log.Poison(logger, silo, PoisonList.HashOf(text));
        router.Refuse(text, silo);
    }

    private static TextResult Poison() => new() { Error = ErrorCode.SuspectedPoison, Detail = DispatchResult.Poison(0).Detail };

    private static partial class Log
    {
        [LoggerMessage(12, LogLevel.Error, "{Silo} was lost while a suspect text ran alone: refused from now on, sha256 {Hash}")]
        public static partial void Poison(ILogger logger, string silo, string hash);
    }
}
