namespace Evergrain.Client.Dispatching;

/// <summary>How one call (or one chunk of a batch) ended: a reply, or an error for all of its texts.</summary>
internal sealed record DispatchResult
{
    /// <summary>The reply; null where <see cref="Error"/> is set.</summary>
    public PredictReply? Reply { get; init; }

    public ErrorCode Error { get; init; }

    /// <summary>What happened and what to do, where <see cref="Error"/> is set.</summary>
    public string? Detail { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The silo that answered.</summary>
    public string? ServedBy { get; init; }

    /// <summary>Silos that were asked, the one that answered included.</summary>
    public int Attempts { get; init; }
}
