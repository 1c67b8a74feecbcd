namespace Evergrain.Client.Dispatching;

/// <summary>How one attempt on one silo ended.</summary>
internal enum AttemptOutcome
{
    /// <summary>With a reply.</summary>
    Answered,

    /// <summary>The silo took none of it and said why.</summary>
    Refused,

    /// <summary>The connection closed, or the silo went silent.</summary>
    Lost,

    /// <summary>Not within the attempt's time.</summary>
    Late,

    /// <summary>With an exception.</summary>
    Failed,

    /// <summary>Cancelled: the copy on another silo was answered first, or the caller left. Nobody's fault.</summary>
    Abandoned,
}

/// <summary>The end of one attempt.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Took">Time until then.</param>
/// <param name="Reply">Set where it was answered or refused.</param>
/// <param name="Cause">Name of the exception, where there was one.</param>
/// <param name="ProcessLost">The connection closed under it, so the process may be gone; or the silo's device failed, and the process ends for that.</param>
/// <param name="MayHaveRun">It was among the oldest calls there when the connection closed, so it may have been in the running batch; or it was in the batch
/// that a device failed on.</param>
internal readonly record struct Attempt(
    AttemptOutcome Outcome, TimeSpan Took, PredictReply? Reply = null, string? Cause = null, bool ProcessLost = false, bool MayHaveRun = false);
