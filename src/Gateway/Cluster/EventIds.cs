using System.Globalization;
using Evergrain.Client.Events;
using Evergrain.Hosting;

namespace Evergrain.Gateway.Cluster;

/// <summary>
/// Ids of events outside this process: "gateway:start:number". Each gateway counts for itself and begins at 1 with every start, so
/// a bare number from elsewhere would make a reader miss what it has not seen.
/// </summary>
internal sealed class EventIds(ProcessIdentity identity, TimeProvider time)
{
    /// <summary>This start of this gateway; names hold no colon.</summary>
    public string Stamp { get; } = string.Create(CultureInfo.InvariantCulture, $"{identity.Name}:{time.GetUtcNow().ToUnixTimeMilliseconds()}");

    public string Format(long number) => string.Create(CultureInfo.InvariantCulture, $"{Stamp}:{number}");

    /// <summary>The number in an id of this very start; 0, for the whole timeline, where it is none.</summary>
    public long NumberOf(string? id)
        => id is not null && id.StartsWith(Stamp + ":", StringComparison.Ordinal)
            && long.TryParse(id.AsSpan(Stamp.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    /// <summary>The start that an id belongs to.</summary>
    public static string StampOf(string id) => id[..Math.Max(0, id.LastIndexOf(':'))];

    public EventAnswer ToAnswer(ClusterEvent e) => new()
    {
        Id = Format(e.Id),
        At = e.At,
        Kind = ClusterView.NameOf(e.Kind),
        Silo = e.Silo,
        BootId = e.BootId,
        Cause = e.Cause,
        Evidence = e.Evidence,
        InFlight = e.InFlight,
        Gateway = identity.Name,
    };
}
