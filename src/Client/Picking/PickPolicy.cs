namespace Evergrain.Client.Picking;

/// <summary>
/// Chooses the silo for one call. A pure function: the same candidates and the same random numbers give the same choice.
/// </summary>
internal static class PickPolicy
{
    /// <summary>Over this device load a silo counts as hot while another is under it.</summary>
    public const double HighLoad = 0.75;

    /// <summary>A queue of more than this many batch budgets makes a silo hot.</summary>
    public const double HotQueueBudgets = 1.5;

    private static readonly TimeSpan TieTime = TimeSpan.FromMilliseconds(2);
    private const double TieShare = 0.10;

    /// <param name="silos">Every channel.</param>
    /// <param name="tokens">Estimated tokens of the call.</param>
    /// <param name="batchTokens">A silo's batch budget.</param>
    /// <param name="random">Breaks ties.</param>
    public static Pick Choose(ReadOnlySpan<Candidate> silos, long tokens, int batchTokens, Random random)
    {
        var anyEligible = false;
        var anyCold = false;
        for (var i = 0; i < silos.Length; i++)
        {
            if (!IsEligible(silos[i])) continue;
            anyEligible = true;
            anyCold |= !IsHot(silos, i, batchTokens);
        }

        // Fail open: a silo that is stale, ejected or full may still answer, and nobody else will.
        if (!anyEligible)
        {
            var open = Earliest(silos, tokens, batchTokens, random, CanBeForgiven);
            return open.Index < 0 ? open : open with { Reason = PickReason.FailOpen };
        }

        if (anyCold) return Earliest(silos, tokens, batchTokens, random, static (s, i, b) => IsEligible(s[i]) && !IsHot(s, i, b));
        return FewestQueued(silos, random);
    }

    /// <summary>True where calls may go to this silo without anything being forgiven.</summary>
    public static bool IsEligible(in Candidate c)
        => c is { Connected: true, Suspect: false, State: SiloState.Ready, Ejected: false, MemoryFull: false, DeclaredDead: false, Tried: false };

    /// <summary>Staleness, ejection and memory are forgiven. Starting, Failed and a dead boot never are: their answers may be
    /// wrong. Draining is not: it answers NotReady.</summary>
    private static bool CanBeForgiven(ReadOnlySpan<Candidate> silos, int i, int batchTokens)
        => silos[i] is { Connected: true, State: SiloState.Ready, DeclaredDead: false, Tried: false };

    private static bool IsHot(ReadOnlySpan<Candidate> silos, int i, int batchTokens)
    {
        if (silos[i].QueuedTokens + silos[i].UnacknowledgedTokens > HotQueueBudgets * batchTokens) return true;
        if (!silos[i].LoadHigh) return false;
        for (var other = 0; other < silos.Length; other++)
        {
            if (other != i && IsEligible(silos[other]) && !silos[other].LoadHigh && silos[other].DeviceLoad < HighLoad) return true;
        }

        return false;
    }

    private delegate bool Filter(ReadOnlySpan<Candidate> silos, int index, int batchTokens);

    private static Pick Earliest(ReadOnlySpan<Candidate> silos, long tokens, int batchTokens, Random random, Filter filter)
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < silos.Length; i++)
        {
            if (!filter(silos, i, batchTokens)) continue;
            var finish = silos[i].PredictFinish(tokens);
            if (finish < best) best = finish;
        }

        if (best == TimeSpan.MaxValue) return new Pick(-1, PickReason.NoSilo);
        var limit = best + TimeSpan.FromTicks(Math.Max(TieTime.Ticks, (long)(best.Ticks * TieShare)));
        var chosen = -1;
        var tied = 0;
        for (var i = 0; i < silos.Length; i++)
        {
            if (!filter(silos, i, batchTokens) || silos[i].PredictFinish(tokens) > limit) continue;
            // Reservoir sampling: each of the tied ones is as likely, in one pass.
            if (random.Next(++tied) == 0) chosen = i;
        }

        return new Pick(chosen, tied == 1 ? PickReason.EarliestFinish : PickReason.Tie);
    }

    private static Pick FewestQueued(ReadOnlySpan<Candidate> silos, Random random)
    {
        var chosen = -1;
        var fewest = long.MaxValue;
        var tied = 0;
        for (var i = 0; i < silos.Length; i++)
        {
            if (!IsEligible(silos[i])) continue;
            var queued = silos[i].QueuedTokens + silos[i].UnacknowledgedTokens;
            if (queued > fewest) continue;
            if (queued < fewest) tied = 0;
            fewest = queued;
            if (random.Next(++tied) == 0) chosen = i;
        }

        return new Pick(chosen, PickReason.FewestQueued);
    }
}
