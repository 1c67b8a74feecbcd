using Evergrain.Client.Channels;

namespace Evergrain.Client.Dispatching;

/// <summary>
/// What a client without failover does: any silo that was ever seen, one attempt, nothing learnt. A drill uses it to see whether it would
/// notice that failover is missing.
/// </summary>
internal sealed class SingleAttempt(IChannelSource channels, TimeProvider time, Random random) : IDispatcher
{
    public async Task<DispatchResult> SendAsync(PredictRequest request, string? model, CancellationToken cancellationToken)
    {
        var seen = channels.Current.Where(c => c.ToCandidate(time.GetTimestamp()).DrainRate > 0).ToList();
        if (seen.Count == 0) return DispatchResult.NoSilo(0);

        using var limit = new CancellationTokenSource(request.TimeLeft, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var reply = await seen[random.Next(seen.Count)].PredictAsync(request, either.Token).ConfigureAwait(false);
            return reply.Refusal is { } refusal
                ? DispatchResult.Refused(refusal, 1)
                : new DispatchResult { Reply = reply, ServedBy = reply.Load.Silo, Attempts = 1 };
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return limit.IsCancellationRequested ? DispatchResult.Late(request.TimeLeft, 1) : DispatchResult.NoSilo(1);
        }
    }
}
