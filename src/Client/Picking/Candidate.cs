namespace Evergrain.Client.Picking;

/// <summary>
/// One silo as the pick policy sees it: plain values, copied from a channel for one decision. Readers never lock and a
/// decision never allocates.
/// </summary>
internal readonly record struct Candidate
{
    public Candidate()
    {
    }

    /// <summary>Has an open connection and has reported on it.</summary>
    public bool Connected { get; init; }

    /// <summary>No load report for too long.</summary>
    public bool Suspect { get; init; }

    public SiloState State { get; init; }

    /// <summary>Out for a while after failures.</summary>
    public bool Ejected { get; init; }

    /// <summary>Membership declared this boot dead.</summary>
    public bool DeclaredDead { get; init; }

    /// <summary>This call was there already.</summary>
    public bool Tried { get; init; }

    /// <summary>Serves another model than the one that has to answer this call.</summary>
    public bool OtherModel { get; init; }

    /// <summary>Device memory was over the limit for three samples and is not back yet.</summary>
    public bool MemoryFull { get; init; }

    /// <summary>Its device is busy, and the others have room for its calls: see <see cref="Diversion"/>.</summary>
    public bool Diverted { get; init; }

    /// <summary>Tokens in its queue by its last report.</summary>
    public long QueuedTokens { get; init; }

    /// <summary>Tokens that this client sent since that report.</summary>
    public long UnacknowledgedTokens { get; init; }

    /// <summary>Tokens per second.</summary>
    public double DrainRate { get; init; }

    public TimeSpan RestOfBatch { get; init; }

    /// <summary>How much later than predicted it answers, at least zero: how a slow link or a slow silo shows.</summary>
    public TimeSpan Lag { get; init; }

    /// <summary>Over 0 to 1: the part of its share that it gets while it comes back slowly.</summary>
    public double Warmth { get; init; } = 1;

    /// <summary>When the work that is there already will be done, from now.</summary>
    public TimeSpan PredictWait() => TimeSpan.FromSeconds((QueuedTokens + UnacknowledgedTokens) / Math.Max(DrainRate, 1)) + RestOfBatch;

    /// <summary>When <paramref name="tokens"/> more tokens sent now would be answered, in seconds.</summary>
    public double PredictSeconds(long tokens)
        => ((QueuedTokens + UnacknowledgedTokens + tokens) / Math.Max(DrainRate, 1)) + (RestOfBatch + Lag).TotalSeconds;
}

/// <summary>Why a silo was picked.</summary>
internal enum PickReason
{
    /// <summary>No silo can be asked.</summary>
    NoSilo,

    /// <summary>Answers first by more than a tie.</summary>
    EarliestFinish,

    /// <summary>One of several that answer about equally early, at random.</summary>
    Tie,

    /// <summary>All are hot; this one has the fewest tokens queued.</summary>
    FewestQueued,

    /// <summary>None was eligible; staleness, ejection and memory were forgiven.</summary>
    FailOpen,
}

/// <summary>A decision.</summary>
/// <param name="Index">Into the candidates, or −1.</param>
/// <param name="Reason">Why.</param>
/// <param name="WarmthLine">Silos with less warmth than this were passed over this time.</param>
internal readonly record struct Pick(int Index, PickReason Reason, double WarmthLine);
