namespace Evergrain.Client.Dispatching;

/// <summary>
/// Sends a second copy of a call that is late to another silo; the first answer wins and the other copy is cancelled. The tail at scale
/// (Dean and Barroso, 2013): the copy goes out when 99 of 100 calls of that length would have been answered, and at most 3 % of the calls
/// get one, so that a cluster that is slow because it is full does not get more to do.
/// <para>A call may be late because its silo is dying of its text, or of a neighbour's. So a copy runs alone, in the silo's one place for
/// suspects: when that silo is lost too, only the text that held the place can have been it.</para>
/// </summary>
internal sealed class Hedger(Router router, SuspectPlace place, ClientMetrics metrics, TimeProvider time)
{
    /// <summary>The copy of a larger call would cost more than its wait. One of several texts has none either: should it take both processes
    /// with it, nobody could tell which text it was.</summary>
    private const long MostTokens = 512;

    private readonly CallBudget _budget = CallBudget.ForHedges(time);

    /// <summary>A call began.</summary>
    public void Earn() => _budget.Earn();

    /// <summary>Waits for <paramref name="first"/> or, where that is late, for the better of two.</summary>
    /// <param name="call">The call.</param>
    /// <param name="first">Its attempt.</param>
    /// <param name="start">Starts the copy.</param>
    /// <param name="caller">The caller's cancellation.</param>
    /// <returns>The attempt that decided, and how it ended.</returns>
    public async Task<(AttemptRun Run, Attempt Attempt)> RunAsync(Call call, AttemptRun first, Func<Call, Route, Lane, CancellationToken, AttemptRun> start, CancellationToken caller)
    {
        if (call.Tokens > MostTokens || call.Request.Texts.Length > 1 || first.Times.HedgeAfter >= first.Times.Limit || !await IsLateAsync(first).ConfigureAwait(false)
            || router.Choose(call.Tokens, call.Left, call.Tried, call.Model, hedge: true) is not { } route || !_budget.TryTake())
        {
            return (first, await first.Result.ConfigureAwait(false));
        }

        var ticket = Guid.NewGuid();
        if (!await EnterAsync(route, ticket, first, caller).ConfigureAwait(false)) return (first, await first.Result.ConfigureAwait(false));
        var second = start(call, route, Lane.Alone, caller);
        _ = LeaveAsync(second, ticket);
        var (winner, loser) = await Task.WhenAny(first.Result, second.Result).ConfigureAwait(false) == first.Result ? (first, second) : (second, first);
        var attempt = await winner.Result.ConfigureAwait(false);
        if (attempt.Outcome is not AttemptOutcome.Answered)
        {
            // The other copy may still be answered. What went wrong with this one is its silo's, as long as it was not lost.
            if (attempt.Outcome is AttemptOutcome.Late or AttemptOutcome.Failed)
                winner.Channel.ObserveFailure(winner.Times.Limit, call.Tokens, router.AnyOther(winner.Channel, default));
            metrics.Attempt(winner.Channel.Name, attempt.Outcome);
            if (attempt.MayHaveRun) call.CountLoss();
            if (attempt.Outcome == AttemptOutcome.Lost || attempt.ProcessLost) winner.Channel.MovedAway();
            return (loser, await loser.Result.ConfigureAwait(false));
        }

        metrics.Hedged(won: winner == second);
        loser.Abandon();
        var lost = await loser.Result.ConfigureAwait(false);
        if (lost.Outcome == AttemptOutcome.Lost) loser.Channel.MovedAway();
        // It took at least this long: that is how a silo shows that it is frozen or slow before anything fails.
        if (lost.Outcome == AttemptOutcome.Abandoned) loser.Channel.Observe(lost.Took, loser.Times, call.Tokens, answered: false);
        return (winner, attempt);
    }

    /// <summary>False where the first one ended before the copy had the place.</summary>
    private async Task<bool> EnterAsync(Route route, Guid ticket, AttemptRun first, CancellationToken caller)
    {
        using var needless = CancellationTokenSource.CreateLinkedTokenSource(caller);
        var entering = place.EnterAsync(route.Channel, ticket, first.Call.Left, needless.Token);
        if (await Task.WhenAny(entering, first.Result).ConfigureAwait(false) != entering) needless.Cancel();
        if (!await entering.ConfigureAwait(false)) return false;
        if (!first.Result.IsCompleted) return true;
        route.Channel.LeaveAlone(ticket);
        return false;
    }

    private static async Task LeaveAsync(AttemptRun copy, Guid ticket)
    {
        await copy.Result.ConfigureAwait(false);
        // Also where it was lost to a silo that is only suspected.
        if (copy.Channel.Connected) copy.Channel.LeaveAlone(ticket);
    }

    private async Task<bool> IsLateAsync(AttemptRun run)
    {
        using var answered = new CancellationTokenSource();
        var late = Task.Delay(run.Times.HedgeAfter, time, answered.Token);
        if (await Task.WhenAny(run.Result, late).ConfigureAwait(false) == late) return true;
        // Not CancelAsync: it would send every call through the thread pool once more to take back a timer.
        answered.Cancel();
        return false;
    }
}
