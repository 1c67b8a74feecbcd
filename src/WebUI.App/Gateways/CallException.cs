namespace Evergrain.WebUI.App.Gateways;

/// <summary>A call that no gateway answered well.</summary>
/// <param name="code">The API's code; <see cref="Unreachable"/> where no gateway answered at all.</param>
/// <param name="detail">What the gateway said.</param>
/// <param name="retryAfter">When to try again, where it said so.</param>
internal sealed class CallException(string code, string detail, TimeSpan? retryAfter = null) : Exception(detail)
{
    /// <summary>No gateway answered.</summary>
    public const string Unreachable = "unreachable";

    public string Code { get; } = code;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>The same call may be answered later: nothing is wrong with it.</summary>
    public bool IsPassing => IsPassingCode(Code);

    /// <summary>Whether trying again makes sense after that code. A missing key is put right by the person, and then it goes on.</summary>
    public static bool IsPassingCode(string code) => code is Unreachable or "unauthorized" or "overloaded" or "rate_limited" or "no_silo" or "deadline_exceeded" or "internal" or "inference_failed";
}
