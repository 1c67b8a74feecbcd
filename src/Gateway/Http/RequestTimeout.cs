using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Http;

/// <summary>The caller's own time for a request: <c>X-Request-Timeout: 2s</c>, <c>500ms</c>, or seconds without a unit.</summary>
internal static class RequestTimeout
{
    public const string Header = "X-Request-Timeout";

    /// <summary>What the header says, but never more than <paramref name="longest"/>; without it, <paramref name="otherwise"/>.</summary>
    /// <exception cref="ApiException">The header is not a time above zero.</exception>
    public static TimeSpan Of(HttpRequest request, TimeSpan otherwise, TimeSpan longest)
    {
        var given = request.Headers[Header];
        if (given.Count == 0) return otherwise;
        var text = given.ToString().Trim();
        if (!(Durations.TryParse(text, out var time) || Durations.TryParse($"{text}s", out time)) || time <= TimeSpan.Zero)
            throw new ApiException(ErrorCode.Invalid, $"{Header} is '{Shown(text)}': write a time such as 2s, 500ms or 1.5 (seconds).");
        return time < longest ? time : longest;
    }

    private static string Shown(string text) => text.Length <= 40 ? text : $"{text[..40]}…";
}
