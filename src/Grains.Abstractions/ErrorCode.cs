namespace Evergrain;

/// <summary>
/// Everything that can go wrong with a prediction. One enum for the grain, the client library and HTTP; the gateway
/// maps it to a status in one switch.
/// </summary>
[GenerateSerializer, Alias("evergrain.ErrorCode")]
public enum ErrorCode
{
    /// <summary>Nothing went wrong.</summary>
    None = 0,

    /// <summary>The request could not be read (not JSON, wrong encoding).</summary>
    Malformed = 1,

    /// <summary>The request was read but breaks a rule (blank text, wrong type, empty list).</summary>
    Invalid = 2,

    /// <summary>More bytes, characters or texts than allowed.</summary>
    TooLarge = 3,

    /// <summary>The same text was in a running batch twice when a process was lost.</summary>
    SuspectedPoison = 4,

    /// <summary>The queue is full; try again after the time given.</summary>
    Overloaded = 5,

    /// <summary>The caller is over its own limit.</summary>
    RateLimited = 6,

    /// <summary>No silo can answer.</summary>
    NoSilo = 7,

    /// <summary>The deadline passed first.</summary>
    DeadlineExceeded = 8,

    /// <summary>This silo takes no work (starting, draining or failed); another may.</summary>
    NotReady = 9,

    /// <summary>The model refused this text (the session threw).</summary>
    InferenceFailed = 10,

    /// <summary>No key, or an unknown one.</summary>
    Unauthorized = 11,

    /// <summary>The key does not allow this.</summary>
    Forbidden = 12,

    /// <summary>No such path.</summary>
    NotFound = 13,

    /// <summary>The path exists, the HTTP method does not.</summary>
    MethodNotAllowed = 14,

    /// <summary>The body's media type is not JSON.</summary>
    UnsupportedMediaType = 15,

    /// <summary>A fault of ours.</summary>
    Internal = 16,

    /// <summary>The silo's device failed while it ran the batch that this call was in. Another silo may answer; but the call may be the cause, so its texts
    /// are treated like those of a process that was lost.</summary>
    DeviceLost = 17,

    /// <summary>It makes no sense in the state that things are in.</summary>
    Conflict = 18,

    /// <summary>The caller gave the call up: nobody reads this.</summary>
    Cancelled = 19,
}
