namespace Evergrain.Cli.Drill.Judging;

/// <summary>How a silo's loss went, or its failure, by the gateways' own events; each time counts from the injection and is null where there is no event. Pure.</summary>
/// <param name="Detected">When the last of the gateways had noticed.</param>
/// <param name="Rerouted">When the last of the gateways had sent the last call elsewhere; where none was in flight, when it noticed.</param>
/// <param name="Evicted">When membership had declared it dead, as the first gateway heard it.</param>
/// <param name="Back">When the last of the gateways gave calls to its next start.</param>
internal sealed record LossTimes(TimeSpan? Detected, TimeSpan? Rerouted, TimeSpan? Evicted, TimeSpan? Back)
{
    /// <param name="events">Of all gateways.</param>
    /// <param name="gateways">Those that must have noticed.</param>
    /// <param name="silo">The one that was lost.</param>
    /// <param name="injected">When the fault was made.</param>
    public static LossTimes Of(IReadOnlyCollection<GatewayEvent> events, IReadOnlyCollection<string> gateways, string silo, DateTimeOffset injected)
    {
        var since = events.Where(e => e.Silo == silo && e.At >= injected).OrderBy(e => e.At).ToList();
        var views = gateways.Select(gateway => View([.. since.Where(e => e.Gateway == gateway)])).ToList();
        return new LossTimes(
            Last(views.Select(v => v.Detected)),
            Last(views.Select(v => v.Rerouted)),
            since.Find(e => e.Kind == GatewayEvents.Evicted)?.At - injected,
            Last(views.Select(v => v.Back)));

        TimeSpan? Last(IEnumerable<DateTimeOffset?> times)
        {
            var all = times.ToList();
            return all.Count == 0 || all.Contains(null) ? null : all.Max() - injected;
        }
    }

    private static (DateTimeOffset? Detected, DateTimeOffset? Rerouted, DateTimeOffset? Back) View(List<GatewayEvent> own)
    {
        var loss = own.FindIndex(e => e.Kind is GatewayEvents.Lost or GatewayEvents.Suspected or GatewayEvents.Failed);
        if (loss < 0)
            return default;
        var after = own[(loss + 1)..];
        var back = after.Find(e => e.Kind == GatewayEvents.Ready);
        // A connection that closes after its silo was suspected sends nothing away twice, so the last one is this loss's.
        var reroute = after.FindLast(e => e.Kind == GatewayEvents.Failover && (back is null || e.At <= back.At));
        return (own[loss].At, (reroute ?? own[loss]).At, back?.At);
    }
}
