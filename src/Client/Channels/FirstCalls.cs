namespace Evergrain.Client.Channels;

/// <summary>
/// The first calls to a silo that was started or connected anew: made by the channel itself, before any caller's. They take ten
/// to a hundred times as long as the rest, because both ends still compile what they run.
/// </summary>
internal static class FirstCalls
{
    private const int Count = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly PredictRequest Request = new() { Texts = ["好"], TimeLeft = Limit };

    /// <summary>False where the silo took none, or failed on one.</summary>
    /// <exception cref="OperationCanceledException">It did not answer within 2 s.</exception>
    public static async Task<bool> MakeAsync(IInferenceGrain grain, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Count; i++)
        {
            using var limit = new CancellationTokenSource(Limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var reply = await grain.PredictAsync(Request, either.Token).ConfigureAwait(false);
            if (reply.Refusal is not null || reply.Results[0].Error != ErrorCode.None) return false;
        }

        return true;
    }
}
