namespace Evergrain.Client.Dispatching;

/// <summary>How one call (or one chunk of a batch) ended: a reply, or an error for all of its texts.</summary>
internal sealed record DispatchResult
{
    private static readonly TimeSpan NoSiloRetryAfter = TimeSpan.FromSeconds(1);

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

    public static DispatchResult NoSilo(int attempts, string detail = "No silo can answer at the moment.") => new()
    {
        Error = ErrorCode.NoSilo,
        Detail = detail,
        RetryAfter = NoSiloRetryAfter,
        Attempts = attempts,
    };

    /// <summary>Silos with different models answered, again and again.</summary>
    public static DispatchResult MixedModels(int attempts) => NoSilo(attempts, "The model is being changed; try again.");

    /// <summary>The caller's time is over.</summary>
    public static DispatchResult Late(TimeSpan had, int attempts) => new()
    {
        Error = ErrorCode.DeadlineExceeded,
        Detail = $"Not answered within {had.TotalMilliseconds:F0} ms.",
        Attempts = attempts,
    };

    /// <summary>The last silo refused. That it is not ready says nothing to a caller; there is just none.</summary>
    public static DispatchResult Refused(Refusal refusal, int attempts) => refusal.Code == ErrorCode.NotReady
        ? NoSilo(attempts)
        : new DispatchResult { Error = refusal.Code, Detail = refusal.Detail, RetryAfter = refusal.RetryAfter, Attempts = attempts };

    /// <summary>The last attempt failed.</summary>
    public static DispatchResult Failed(AttemptOutcome outcome, int attempts) => outcome == AttemptOutcome.Late
        ? NoSilo(attempts, "No silo answered in time.") with { Error = ErrorCode.DeadlineExceeded }
        : NoSilo(attempts, "No silo answered.");

    /// <summary>A text that two processes were lost with.</summary>
    public static DispatchResult Poison(int attempts) => new()
    {
        Error = ErrorCode.SuspectedPoison,
        Detail = $"Two processes were lost while this text ran: it is refused for {PoisonList.Lifetime.TotalMinutes:F0} minutes.",
        Attempts = attempts,
    };
}
