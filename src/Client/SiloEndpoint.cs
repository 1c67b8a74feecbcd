using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Evergrain.Client;

/// <summary>Where a silo takes clients: a host name or address, and its Orleans client port.</summary>
internal readonly record struct SiloEndpoint(string Host, int Port)
{
    public static bool TryParse(string? text, out SiloEndpoint endpoint)
    {
        endpoint = default;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;
        if (port is < 1 or > 65535) return false;
        endpoint = new SiloEndpoint(text![..colon].Trim('[', ']'), port);
        return true;
    }

    /// <summary>The address to connect to; a name is looked up anew each time, because it may have moved.</summary>
    /// <exception cref="SocketException">The name has no address.</exception>
    public async Task<IPEndPoint> ResolveAsync(CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(Host, out var address)) return new IPEndPoint(address, Port);
        var found = await Dns.GetHostAddressesAsync(Host, cancellationToken).ConfigureAwait(false);
        address = Array.Find(found, a => a.AddressFamily == AddressFamily.InterNetwork) ?? found.FirstOrDefault()
            ?? throw new SocketException((int)SocketError.HostNotFound);
        return new IPEndPoint(address, Port);
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
