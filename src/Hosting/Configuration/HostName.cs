using System.Net;

namespace Evergrain.Hosting.Configuration;

/// <summary>IP addresses, localhost and names, and which of them may be one and the same.</summary>
public static class HostName
{
    public static bool IsValid(string host) => LooksNumeric(host)
        ? Uri.CheckHostName(host) == UriHostNameType.IPv4
        : Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv6;

    /// <summary>Stands for every address of the machine: good to listen on, nothing to connect to.</summary>
    public static bool IsWildcard(string host)
        => Address(host) is { } address && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    /// <summary>Whether two listeners on these hosts and one port may get into each other's way. A name can stand for any
    /// address, so it meets everything.</summary>
    public static bool Overlap(string a, string b)
    {
        if (string.Equals(a, b, StringComparison.OrdinalIgnoreCase) || IsWildcard(a) || IsWildcard(b))
            return true;
        var (first, second) = (Address(a), Address(b));
        return (first, second) switch
        {
            (null, null) => true,
            (not null, not null) => first.Equals(second),
            (null, not null) => !IsLocalhost(a) || IPAddress.IsLoopback(second),
            (not null, null) => !IsLocalhost(b) || IPAddress.IsLoopback(first),
        };
    }

    /// <summary>"1.2.3" and "999.0.0.1" pass as names; whoever writes digits and dots means an address.</summary>
    private static bool LooksNumeric(string host) => host.Length > 0 && host.All(c => char.IsAsciiDigit(c) || c == '.');

    /// <summary>Reached from this machine only.</summary>
    public static bool IsLoopback(string host) => IsLocalhost(host) || (Address(host) is { } address && IPAddress.IsLoopback(address));

    private static bool IsLocalhost(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static IPAddress? Address(string host) => IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address : null;
}
