using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Http;

/// <summary>The origins whose pages may call this gateway: the WebUIs of the YAML. localhost and 127.0.0.1 count as one. A WebUI that listens on every address
/// of its server may be reached by each host that the YAML gives to a process of that node; by another name only where its `public` says so.</summary>
internal sealed class AllowedOrigins(EvergrainConfig config)
{
    private readonly HashSet<(string Scheme, string Host, int Port)> _origins = [.. config.WebUis.SelectMany(w => Addresses(config, w)).Select(Normalize)];

    public bool Contains(string origin) => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && _origins.Contains(Normalize(uri));

    private static IEnumerable<Uri> Addresses(EvergrainConfig config, WebUiConfig webUi)
    {
        if (webUi.Public is not null) yield return webUi.Public;
        foreach (var address in webUi.Listen)
        {
            if (!HostName.IsWildcard(address.Host)) yield return address;
            else foreach (var host in HostsOf(config, webUi.Node)) yield return new UriBuilder(address) { Host = host }.Uri;
        }
    }

    private static IEnumerable<string> HostsOf(EvergrainConfig config, string node) => config.Silos.Where(s => s.Node == node).Select(s => s.Host)
        .Concat(config.Gateways.Where(g => g.Node == node).SelectMany(g => g.Public is null ? g.Listen : g.Listen.Add(g.Public)).Select(a => a.Host))
        .Concat(config.WebUis.Where(w => w.Node == node).SelectMany(w => w.Listen).Select(a => a.Host))
        .Append("localhost").Where(host => !HostName.IsWildcard(host));

    private static (string, string, int) Normalize(Uri uri) => (uri.Scheme, uri.IsLoopback ? "localhost" : uri.IdnHost, uri.Port);
}
