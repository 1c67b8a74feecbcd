namespace Evergrain.Client.Channels;

/// <summary>
/// The first calls to a silo that was started or connected anew, or whose ejection is over: made by the channel itself, before any
/// caller's. They take ten to a hundred times as long as the rest, because both ends still compile what they run; and the answer is
/// compared with what is known.
/// </summary>
internal static class FirstCalls
{
    private const int Count = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public static PredictRequest Request { get; } = new() { Texts = ["这家店的服务很好，下次还会再来。"], TimeLeft = Limit };

    /// <summary>What was wrong with an answer; null where nothing was.</summary>
    /// <exception cref="OperationCanceledException">It did not answer within 2 s.</exception>
    public static async Task<string?> MakeAsync(
        IInferenceGrain grain, IPoisonGrain poison, KnownAnswers answers, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Count; i++)
        {
            using var limit = new CancellationTokenSource(Limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            // Whoever replays a suspect's text after a loss has no time for what is done for the first time.
            var ticket = Guid.NewGuid();
            if (await poison.EnterAsync(ticket, Limit, either.Token).ConfigureAwait(false)) await poison.LeaveAsync(ticket).ConfigureAwait(false);
            var reply = await grain.PredictAsync(Request with { Lane = i == 0 ? Lane.Alone : Lane.Interactive }, either.Token).ConfigureAwait(false);
            if (reply.Refusal is { } refusal) return $"refused: {refusal.Detail}";
            if (reply.Results[0].Error != ErrorCode.None) return $"{reply.Results[0].Error}: {reply.Results[0].Detail}";
            if (answers.Compare(reply.Model, reply.Results[0].Probabilities) is { } difference) return difference;
        }

        return null;
    }
}
