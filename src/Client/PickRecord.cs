using System.Collections.Immutable;

namespace Evergrain.Client;

/// <summary>One decision of the pick policy: where a call went and what was known of each silo at that moment.</summary>
public sealed record PickRecord
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Estimated tokens of the call.</summary>
    public required long Tokens { get; init; }

    /// <summary>The silo that got it; null where none could.</summary>
    public string? Silo { get; init; }

    /// <summary>"earliest_finish", "tie", "fewest_queued", "fail_open" or "no_silo".</summary>
    public required string Reason { get; init; }

    /// <summary>True for the second copy of a call that was late.</summary>
    public bool Hedge { get; init; }

    public required ImmutableArray<PickCandidate> Candidates { get; init; }
}

/// <summary>A silo as a decision saw it.</summary>
public sealed record PickCandidate
{
    public required string Silo { get; init; }

    /// <summary>"eligible", or the first reason why not: "not_connected", "suspect", "starting", "draining", "failed", "ejected",
    /// "declared_dead", "memory_full", "tried", "other_model", "slow_start".</summary>
    public required string State { get; init; }

    /// <summary>When it would have answered.</summary>
    public required TimeSpan PredictedFinish { get; init; }

    /// <summary>True where its load or queue put it behind the others.</summary>
    public required bool Hot { get; init; }
}
