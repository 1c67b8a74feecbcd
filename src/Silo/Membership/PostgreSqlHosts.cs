using System.Globalization;
using System.Net;
using Npgsql;

namespace Evergrain.Silo.Membership;

/// <summary>Where a connection string leads to.</summary>
internal static class PostgreSqlHosts
{
    /// <summary>The servers that it reaches over TCP, in its order; what it reaches by a file (a Unix socket) is left out.</summary>
    /// <param name="configured">One host or several, parted by commas, each with a port of its own or that of <c>Port</c>.</param>
    /// <exception cref="ArgumentException">Not a connection string.</exception>
    public static IReadOnlyList<(string Host, int Port)> Of(string configured)
    {
        var builder = new NpgsqlConnectionStringBuilder(configured);
        return
        [
            .. (builder.Host ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(h => h[0] is not ('/' or '@'))
                .Select(h => Parse(h, builder.Port)),
        ];
    }

    private static (string Host, int Port) Parse(string host, int port)
    {
        // "::1" has colons and no port, "[::1]:5433" has both.
        if (IPEndPoint.TryParse(host, out var point)) return ($"{point.Address}", point.Port == 0 ? port : point.Port);
        var colon = host.LastIndexOf(':');
        return colon > 0 && int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var own) ? (host[..colon], own) : (host, port);
    }
}
