using System.Collections.Immutable;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Http;

/// <summary>The origins whose pages may call this gateway: the WebUIs of the YAML. localhost and 127.0.0.1 count as one.</summary>
internal sealed class AllowedOrigins(ImmutableArray<WebUiConfig> webUis)
{
    private readonly HashSet<(string Scheme, string Host, int Port)> _origins =
        [.. webUis.SelectMany(w => w.Public is null ? w.Listen : w.Listen.Add(w.Public)).Select(Normalize)];

    public bool Contains(string origin) => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && _origins.Contains(Normalize(uri));

    private static (string, string, int) Normalize(Uri uri) => (uri.Scheme, uri.IsLoopback ? "localhost" : uri.IdnHost, uri.Port);
}
