using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Evergrain.Cli.Drill.Network;

/// <summary>
/// Names and addresses of a drill's own network. Every part of it lives in namespaces, none in the machine's own, so two drills
/// may use the same addresses; only the names must differ, and tell whose they are.
/// </summary>
internal static partial class AddressPlan
{
    /// <summary>198.18.0.0/15 is set aside for tests of networks (RFC 2544): no real host has such an address.</summary>
    public const int PrefixLength = 24;

    /// <summary>The switch's own address; the relay listens on it.</summary>
    public static IPAddress Switch { get; } = IPAddress.Parse("198.18.0.1");

    /// <summary>Moves from server to server.</summary>
    public static IPAddress Floating { get; } = IPAddress.Parse("198.18.0.254");

    /// <param name="index">The node's place in the list of nodes, from 0.</param>
    public static IPAddress Node(int index)
        => index is >= 0 and < 252 ? IPAddress.Parse($"198.18.0.{index + 2}") : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>"eg-4711-a".</summary>
    public static string Name(int pid, string part) => string.Create(CultureInfo.InvariantCulture, $"eg-{pid}-{part}");

    /// <summary>Those of <paramref name="names"/> that a drill made whose process is gone.</summary>
    /// <param name="names">Namespaces, control groups or mounts; other people's are left alone.</param>
    /// <param name="isAlive">Whether a process runs.</param>
    public static IReadOnlyList<string> Leftovers(IEnumerable<string> names, Func<int, bool> isAlive)
        => [.. names.Where(name => OwnName().Match(name) is { Success: true } match
            && int.TryParse(match.Groups["pid"].Value, CultureInfo.InvariantCulture, out var pid) && !isAlive(pid))];

    [GeneratedRegex("^eg-(?<pid>[0-9]+)-[a-z]+$", RegexOptions.CultureInvariant)]
    private static partial Regex OwnName();
}
