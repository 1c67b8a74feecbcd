namespace Evergrain.Gateway;

/// <summary>The one place where an error code becomes a status and a name.</summary>
internal static class ErrorCodes
{
    /// <summary>The HTTP status of a request that ends with <paramref name="code"/>.</summary>
    public static int ToStatus(this ErrorCode code) => code switch
    {
        ErrorCode.None => StatusCodes.Status200OK,
        ErrorCode.Malformed => StatusCodes.Status400BadRequest,
        ErrorCode.Unauthorized => StatusCodes.Status401Unauthorized,
        ErrorCode.Forbidden => StatusCodes.Status403Forbidden,
        ErrorCode.NotFound => StatusCodes.Status404NotFound,
        ErrorCode.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        ErrorCode.Conflict => StatusCodes.Status409Conflict,
        ErrorCode.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCode.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        ErrorCode.Invalid or ErrorCode.SuspectedPoison => StatusCodes.Status422UnprocessableEntity,
        ErrorCode.Overloaded or ErrorCode.RateLimited => StatusCodes.Status429TooManyRequests,
        ErrorCode.NoSilo or ErrorCode.NotReady or ErrorCode.DeviceLost => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        ErrorCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>The code as callers see it.</summary>
    public static string ToName(this ErrorCode code) => code switch
    {
        ErrorCode.None => "none",
        ErrorCode.Malformed => "malformed",
        ErrorCode.Unauthorized => "unauthorized",
        ErrorCode.Forbidden => "forbidden",
        ErrorCode.NotFound => "not_found",
        ErrorCode.MethodNotAllowed => "method_not_allowed",
        ErrorCode.TooLarge => "too_large",
        ErrorCode.UnsupportedMediaType => "unsupported_media_type",
        ErrorCode.Invalid => "invalid",
        ErrorCode.SuspectedPoison => "suspected_poison",
        ErrorCode.Overloaded => "overloaded",
        ErrorCode.RateLimited => "rate_limited",
        ErrorCode.NoSilo or ErrorCode.NotReady or ErrorCode.DeviceLost => "no_silo",
        ErrorCode.DeadlineExceeded => "deadline_exceeded",
        ErrorCode.Conflict => "conflict",
        ErrorCode.Cancelled => "cancelled",
        ErrorCode.InferenceFailed => "inference_failed",
        _ => "internal",
    };

    /// <summary>The code of an answer that the framework ended with a bare status.</summary>
    public static ErrorCode FromStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => ErrorCode.NotFound,
        StatusCodes.Status405MethodNotAllowed => ErrorCode.MethodNotAllowed,
        StatusCodes.Status413PayloadTooLarge => ErrorCode.TooLarge,
        StatusCodes.Status415UnsupportedMediaType => ErrorCode.UnsupportedMediaType,
        >= 500 => ErrorCode.Internal,
        _ => ErrorCode.Malformed,
    };
}
