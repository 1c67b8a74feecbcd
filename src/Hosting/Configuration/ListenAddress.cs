using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Evergrain.Hosting.Configuration;

/// <summary>Reads http://HOST:PORT, and nothing more than that; for an address that others use also https and no port, for something may stand in front.</summary>
internal static partial class ListenAddress
{
    /// <param name="text">As in the file.</param>
    /// <param name="uri">The address, where it is one.</param>
    /// <param name="problem">What is wrong with it and what to write, where it is not one.</param>
    /// <param name="isPublic">Connected to by others, not listened on here.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? uri, [NotNullWhen(false)] out string? problem, bool isPublic = false)
    {
        uri = null;
        problem = Problem(text, isPublic);
        if (problem is null)
            uri = new Uri(text);
        return problem is null;
    }

    private static string? Problem(string text, bool isPublic)
    {
        if (!isPublic && text.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
            return "https is not supported here; write http://HOST:PORT and put TLS in front";
        var match = Form().Match(text);
        if (!match.Success)
            return "is not an address; write http://HOST:PORT, for example http://127.0.0.1:8080";
        if (match.Groups["rest"].Value is not ("" or "/"))
            return $"has '{match.Groups["rest"].Value}' behind the port; write http://HOST:PORT only";
        if (!HostName.IsValid(match.Groups["host"].Value))
            return $"has no usable host ('{match.Groups["host"].Value}'); write an IP address, localhost or a name (0.0.0.0 for all addresses)";
        if (isPublic && !match.Groups["port"].Success)
            return null;
        if (match.Groups["port"].Value is not { Length: > 0 } port)
            return "has no port; write http://HOST:PORT";
        if (!Ports.TryParse(port, out _))
            return $"has '{port}' for a port; use {Ports.Range}";
        return null;
    }

    [GeneratedRegex(@"^https?://(?<host>\[[^\]/@]*\]|[^:/?#@\[\]]*)(?::(?<port>[^/?#@]*))?(?<rest>[/?#].*)?$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
