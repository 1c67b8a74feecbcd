using System.Buffers;
using System.Text.Json;

namespace Evergrain.Gateway.Http;

/// <summary>Where a request says its texts come from: <c>"source":"shop-app"</c> in its body, or the header X-Source where the body has none.</summary>
internal static class SourceTag
{
    public const string Header = "X-Source";
    public const string Pattern = "^[A-Za-z0-9._-]{1,64}$";
    public const int MaxLength = 64;

    private const string Property = "source";

    /// <summary>It becomes a label in Prometheus and words in an alert: nothing that has to be escaped anywhere.</summary>
    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");

    /// <summary>Null where the request names none.</summary>
    /// <param name="request">For the header.</param>
    /// <param name="body">A JSON object.</param>
    /// <exception cref="ApiException">Invalid: it names one that is none.</exception>
    public static string? Of(HttpRequest request, JsonElement body)
        => body.TryGetProperty(Property, out var given) ? Checked(Text(given), $"'{Property}'") : Of(request);

    /// <summary>That of the header alone.</summary>
    /// <exception cref="ApiException">Invalid: the header names one that is none.</exception>
    public static string? Of(HttpRequest request)
        => request.Headers.TryGetValue(Header, out var given) ? Checked(given.ToString(), Header) : null;

    private static string Checked(string? source, string where)
        => source is { Length: > 0 and <= MaxLength } && !source.AsSpan().ContainsAnyExcept(Allowed)
            ? source
            : throw new ApiException(ErrorCode.Invalid, $"{where} must be 1 to {MaxLength} ASCII letters, digits, '.', '-' or '_'.");

    /// <summary>Null for what is no text.</summary>
    private static string? Text(JsonElement given)
    {
        try
        {
            return given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // a lone surrogate, or invalid UTF-8
        }
    }
}
