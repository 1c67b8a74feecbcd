namespace Evergrain.Cli.Drill.Load;

/// <summary>One request of the load: when it was due, how long from then to its end, and what came.</summary>
internal sealed record Sample
{
    /// <summary>The kind of caller, by its key.</summary>
    public required string Caller { get; init; }

    /// <summary>When it was scheduled, from the start of the scenario.</summary>
    public required TimeSpan Due { get; init; }

    /// <summary>From <see cref="Due"/>, not from when it was sent: a stall of the sender or of the service is not hidden.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>Number of the text.</summary>
    public required int Text { get; init; }

    /// <summary>Null where it failed.</summary>
    public string? Label { get; init; }

    public double Score { get; init; }

    /// <summary>X-Served-By.</summary>
    public string ServedBy { get; init; } = "";

    /// <summary>X-Attempts; 0 where it failed.</summary>
    public int Attempts { get; init; }

    /// <summary>Of the last answer; 0 where none came.</summary>
    public int Status { get; init; }

    /// <summary>The last answer named a time to come back.</summary>
    public bool HasRetryAfter { get; init; }

    /// <summary>Why it failed; null where it was answered, or where the caller hung up itself.</summary>
    public string? Failure { get; init; }

    public TimeSpan Done => Due + Latency;

    public bool Answered => Label is not null;
}
