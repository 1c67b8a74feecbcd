using System.Collections.Immutable;
using Evergrain.Client.Channels;
using Evergrain.Client.Picking;

namespace Evergrain.Client.Dispatching;

/// <summary>Brings the channels before the pick policy and remembers what it said.</summary>
internal sealed class Router(
    IChannelSource channels, EvergrainClientOptions options, ServiceTimes serviceTimes, PickLog log, ClientMetrics metrics, TimeProvider time,
    Random random)
{
    /// <summary>Where a decision lays out what it knows: a thread makes one at a time, and clearing a stack for it would cost as much as half
    /// of the rest.</summary>
    [ThreadStatic]
    private static Candidate[]? _scratch;

    /// <summary>Completes at the next change that may let a call go where it could not go before.</summary>
    public Task WhenChanged => channels.WhenChanged;

    /// <summary>Waits for such a change, no longer than <paramref name="left"/>.</summary>
    /// <param name="changed"><see cref="WhenChanged"/>, taken before the look that found no silo.</param>
    /// <param name="left">Time that the call has.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task WaitAsync(Task changed, TimeSpan left, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(left, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Whoever waits looks at the time that is left.
        }
    }

    /// <summary>The silo for a call.</summary>
    /// <param name="tokens">Estimated tokens of the call.</param>
    /// <param name="left">Time that it has.</param>
    /// <param name="tried">Silos that it was sent to.</param>
    /// <param name="model">Hash of the model that is to answer it; null for any. Another answers where no silo with this one is eligible.</param>
    /// <param name="hedge">It is the second copy of a call that is late: only where another silo is there without anything being forgiven,
    /// not while every queue is long, not to a silo from which calls are kept away, and never to another model.</param>
    /// <returns>Null where there is none.</returns>
    public Route? Choose(long tokens, TimeSpan left, TriedSilos tried, string? model, bool hedge)
    {
        var current = channels.Current;
        if (_scratch is null || _scratch.Length < current.Length) _scratch = new Candidate[current.Length];
        var candidates = _scratch.AsSpan(0, current.Length);
        var now = time.GetTimestamp();
        var queuesLong = true;
        for (var i = 0; i < current.Length; i++)
        {
            candidates[i] = current[i].ToCandidate(now);
            if (tried.Contains(current[i])) candidates[i] = candidates[i] with { Tried = true };
        }

        if (model is not null) PassOverOtherModels(current, candidates, model, evenAll: hedge);
        for (var i = 0; i < current.Length && hedge; i++)
        {
            if (PickPolicy.IsEligible(candidates[i])) queuesLong &= PickPolicy.IsQueueLong(candidates[i], options.BatchTokens);
        }

        if (hedge && queuesLong) return null;
        var pick = PickPolicy.Choose(candidates, tokens, options.BatchTokens, random);
        if (hedge && (pick.Reason is PickReason.FailOpen or PickReason.NoSilo || candidates[pick.Index].Diverted)) return null;

        metrics.Picked(pick.Reason);
        log.Add(current, candidates, pick, tokens, hedge, now);
        if (pick.Index < 0) return null;
        return new Route(current[pick.Index], AttemptTimes.Of(candidates[pick.Index], tokens, serviceTimes.P99(tokens), left));
    }

    /// <summary>Whether a silo other than this one, and none of those that were tried, could take a call.</summary>
    /// <param name="channel">This one.</param>
    /// <param name="tried">Those that were tried.</param>
    /// <param name="model">Hash of the model that it would have to serve; null for any.</param>
    public bool AnyOther(ISiloChannel channel, in TriedSilos tried, string? model = null)
    {
        var now = time.GetTimestamp();
        foreach (var other in channels.Current)
        {
            if (other != channel && !tried.Contains(other) && (model is null || other.Model.Hash == model) && PickPolicy.IsEligible(other.ToCandidate(now))) return true;
        }

        return false;
    }

    /// <summary>Refuses a text from now on.</summary>
    public void Refuse(string text, string silo) => channels.Refuse(text, silo);

    private static void PassOverOtherModels(ImmutableArray<ISiloChannel> current, Span<Candidate> candidates, string model, bool evenAll)
    {
        var any = evenAll;
        for (var i = 0; i < current.Length && !any; i++) any = current[i].Model.Hash == model && PickPolicy.IsEligible(candidates[i]);
        if (!any) return;
        for (var i = 0; i < current.Length; i++)
        {
            if (current[i].Model.Hash != model) candidates[i] = candidates[i] with { OtherModel = true };
        }
    }
}

/// <summary>Where a call goes, and what is expected of it there.</summary>
internal readonly record struct Route(ISiloChannel Channel, AttemptTimes Times);

/// <summary>The silos that a call was sent to: seldom more than two, so nothing is allocated for them.</summary>
internal struct TriedSilos
{
    private ISiloChannel? _first;
    private ISiloChannel? _second;
    private List<ISiloChannel>? _more;

    public void Add(ISiloChannel channel)
    {
        if (_first is null) _first = channel;
        else if (_second is null) _second = channel;
        else (_more ??= []).Add(channel);
    }

    public readonly bool Contains(ISiloChannel channel)
        => ReferenceEquals(_first, channel) || ReferenceEquals(_second, channel) || (_more?.Contains(channel) ?? false);

    public void Clear() => (_first, _second, _more) = (null, null, null);
}
