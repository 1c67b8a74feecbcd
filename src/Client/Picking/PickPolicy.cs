namespace Evergrain.Client.Picking;

/// <summary>
/// Chooses the silo for one call. A pure function: the same candidates and the same random numbers give the same choice. Three passes
/// over plain values, nothing allocated: it runs before every call.
/// </summary>
internal static class PickPolicy
{
    /// <summary>A queue of more than this many batch budgets makes a silo hot.</summary>
    public const double HotQueueBudgets = 1.5;

    private const int MostOnStack = 64;
    private const double TieSeconds = 0.002;
    private const double TieShare = 0.10;

    /// <param name="silos">Every channel.</param>
    /// <param name="tokens">Estimated tokens of the call.</param>
    /// <param name="batchTokens">A silo's batch budget.</param>
    /// <param name="random">Breaks ties, and decides whether a silo that comes back slowly is asked this time.</param>
    public static Pick Choose(ReadOnlySpan<Candidate> silos, long tokens, int batchTokens, Random random)
    {
        Span<double> finish = silos.Length <= MostOnStack ? stackalloc double[silos.Length] : new double[silos.Length];
        var anyEligible = false;
        foreach (ref readonly var silo in silos) anyEligible |= IsEligible(silo);

        // Fail open: a silo that is stale, ejected or full may still answer, and nobody else will.
        if (!anyEligible)
        {
            for (var i = 0; i < silos.Length; i++) finish[i] = CanBeForgiven(silos[i]) ? silos[i].PredictSeconds(tokens) : double.PositiveInfinity;
            var open = Earliest(finish, 0, random);
            return open.Index < 0 ? open : open with { Reason = PickReason.FailOpen };
        }

        var (warmest, coldest) = (0.0, 1.0);
        for (var i = 0; i < silos.Length; i++)
        {
            ref readonly var silo = ref silos[i];
            if (!IsEligible(silo) || IsHot(silo, batchTokens))
            {
                finish[i] = double.PositiveInfinity;
                continue;
            }

            finish[i] = silo.PredictSeconds(tokens);
            warmest = Math.Max(warmest, silo.Warmth);
            coldest = Math.Min(coldest, silo.Warmth);
        }

        if (warmest == 0) return FewestQueued(silos, random);

        // Slow start: of a silo that has a third of its warmth two calls in three look away, as long as a warmer one is there.
        var line = coldest < warmest ? random.NextDouble() * warmest : 0;
        if (line > 0)
        {
            for (var i = 0; i < silos.Length; i++)
            {
                if (silos[i].Warmth < line) finish[i] = double.PositiveInfinity;
            }
        }

        return Earliest(finish, line, random);
    }

    /// <summary>True where calls may go to this silo without anything being forgiven.</summary>
    public static bool IsEligible(in Candidate c)
        => c is
        {
            Connected: true, Suspect: false, State: SiloState.Ready, Ejected: false, MemoryFull: false, DeclaredDead: false, Tried: false, OtherModel: false,
        };

    /// <summary>True where the silo's queue or load puts it behind the others.</summary>
    public static bool IsHot(in Candidate c, int batchTokens) => IsQueueLong(c, batchTokens) || c.Diverted;

    /// <summary>True where more than 1.5 batches wait: what is sent there waits, and a copy would only make it longer.</summary>
    public static bool IsQueueLong(in Candidate c, int batchTokens) => c.QueuedTokens + c.UnacknowledgedTokens > HotQueueBudgets * batchTokens;

    /// <summary>Staleness, ejection and memory are forgiven. Starting, Failed and a dead boot never are: their answers may be
    /// wrong. Draining is not: it answers NotReady.</summary>
    private static bool CanBeForgiven(in Candidate c) => c is { Connected: true, State: SiloState.Ready, DeclaredDead: false, Tried: false };

    private static Pick Earliest(ReadOnlySpan<double> finish, double line, Random random)
    {
        var best = double.PositiveInfinity;
        foreach (var seconds in finish) best = Math.Min(best, seconds);
        if (double.IsPositiveInfinity(best)) return new Pick(-1, PickReason.NoSilo, line);

        var limit = best + Math.Max(TieSeconds, best * TieShare);
        var tied = 0;
        foreach (var seconds in finish)
        {
            if (seconds <= limit) tied++;
        }

        // One draw, which costs more than the second pass.
        var skip = tied == 1 ? 0 : random.Next(tied);
        var chosen = 0;
        while (finish[chosen] > limit || skip-- > 0) chosen++;
        return new Pick(chosen, tied == 1 ? PickReason.EarliestFinish : PickReason.Tie, line);
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

        return new Pick(chosen, PickReason.FewestQueued, 0);
    }
}
