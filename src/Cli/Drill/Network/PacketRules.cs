using System.Globalization;
using System.Net;

namespace Evergrain.Cli.Drill.Network;

/// <summary>Packets that arrive from <paramref name="From"/> are lost.</summary>
/// <param name="From">Their sender.</param>
/// <param name="Percent">How many of a hundred, at random; 100: all.</param>
internal readonly record struct PacketLoss(IPAddress From, int Percent = 100);

/// <summary>Rule sets for nft(8) as text.</summary>
internal static class PacketRules
{
    /// <summary>
    /// Replaces the losses of a namespace by <paramref name="losses"/>; none of them: heals it. Packets are dropped where they
    /// arrive, never where they are sent: a sender whose packet its own machine refuses is told so, and TCP then behaves
    /// otherwise than on a line that loses packets.
    /// </summary>
    public static string Losses(IReadOnlyList<PacketLoss> losses) => Table("inet evergrain_losses", losses.Count == 0 ? null
        : $"""
              chain arriving {"{"}
                type filter hook input priority 0; policy accept;
            {string.Join('\n', losses.Select(loss => $"    {Loss(loss)}"))}
              {"}"}
            """);

    /// <summary>Sends what is meant for <paramref name="service"/> to <paramref name="relay"/> instead; only connections that
    /// begin afterwards are affected.</summary>
    public static string Redirect(IPEndPoint service, IPEndPoint relay) => Table("ip evergrain_relay",
        $$"""
              chain leaving {
                type nat hook output priority -100; policy accept;
                ip daddr {{service.Address}} tcp dport {{Number(service.Port)}} dnat to {{relay}}
              }
            """);

    /// <summary>The first line makes the table where it is missing, so that the second never fails; nft does all or nothing.</summary>
    private static string Table(string name, string? content)
        => $"table {name}\ndelete table {name}\n" + (content is null ? "" : $"table {name} {{\n{content}\n}}\n");

    private static string Loss(PacketLoss loss) => loss.Percent switch
    {
        100 => $"ip saddr {loss.From} drop",
        > 0 and < 100 => $"ip saddr {loss.From} numgen random mod 100 < {Number(loss.Percent)} drop",
        _ => throw new ArgumentOutOfRangeException(nameof(loss), loss.Percent, "1 to 100 percent"),
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
