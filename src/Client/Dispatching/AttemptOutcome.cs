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
}
