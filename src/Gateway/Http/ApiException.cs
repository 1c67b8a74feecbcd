namespace Evergrain.Gateway.Http;

/// <summary>Ends a request with an error code; the message is for the caller and says what to change.</summary>
internal sealed class ApiException(ErrorCode code, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public ErrorCode Code { get; } = code;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
