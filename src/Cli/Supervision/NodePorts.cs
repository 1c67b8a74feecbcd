using System.Net;
using System.Net.Sockets;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Supervision;

/// <summary>The ports that a node's children will open, and who of them is in the way.</summary>
internal static class NodePorts
{
    /// <summary>One address to listen on and the entry that wants it.</summary>
    internal sealed record Wanted(string Host, int Port, string Owner);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public static IReadOnlyList<Wanted> Of(string node, EvergrainConfig config) =>
    [
        .. config.Silos.Where(s => s.Node == node).SelectMany(s => new Wanted[]
        {
            new(s.Host, s.SiloPort, $"{s.Name}'s siloPort"),
            new(s.Host, s.GatewayPort, $"{s.Name}'s gatewayPort"),
            new("127.0.0.1", s.AdminPort, $"{s.Name}'s adminPort"),
        }),
        .. config.Gateways.Where(g => g.Node == node).SelectMany(g => g.Listen.Select(a => new Wanted(a.Host, a.Port, $"{g.Name}'s listen"))),
        .. config.WebUis.Where(w => w.Node == node).SelectMany(w => w.Listen.Select(a => new Wanted(a.Host, a.Port, $"{w.Name}'s listen"))),
    ];

    /// <summary>Waits for ports to come free: the children of a killed <c>up</c> may still drain.</summary>
    /// <exception cref="UserException">One is still held; names it.</exception>
    public static async Task WaitUntilFreeAsync(
        IReadOnlyList<Wanted> wanted, TimeSpan limit, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        for (var first = true; wanted.FirstOrDefault(w => !IsFree(w)) is { } held; first = false)
        {
            var left = limit - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                throw new UserException(
                    $"{held.Host}:{held.Port} ({held.Owner}) is held by another process; end that one or choose another port in the YAML file");
            }
            if (first)
                await output.WriteLineAsync($"{held.Host}:{held.Port} ({held.Owner}) is still held; waiting up to {Durations.Format(limit)}");
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private static bool IsFree(Wanted wanted)
    {
        // A name may stand for any address of this machine; the wildcard meets a listener on each of them.
        var address = IPAddress.TryParse(wanted.Host.Trim('[', ']'), out var parsed) ? parsed
            : wanted.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
            : IPAddress.Any;
        try
        {
            // Bound without SO_REUSEPORT, so that a listener that shares its port is seen as well; never listening, so that no
            // caller reaches us.
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, wanted.Port));
            return true;
        }
        catch (SocketException e)
        {
            // Anything else (an address that this machine has not yet, a low port) the child itself explains better.
            return e.SocketErrorCode != SocketError.AddressAlreadyInUse;
        }
    }
}
