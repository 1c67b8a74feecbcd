namespace Evergrain.Cli.Drill.Judging;

/// <summary>Whether a cluster is as it was before a fault.</summary>
internal static class Wholeness
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits until every process is ready, every gateway gives calls to every silo, and <paramref name="silo"/> has answered a caller.</summary>
    /// <returns>How long that took from <paramref name="since"/>; null: not within 30 s.</returns>
    public static async Task<TimeSpan?> WaitUntilWholeAsync(this ScenarioRun run, TimeSpan since, string silo, CancellationToken cancellationToken)
    {
        var took = await run.Clock.UntilAsync(
            async () => run.Samples.Any(s => s.Due >= since && s.ServedBy == silo && s.Answered)
                && await run.Cluster.IsReadyAsync(cancellationToken) && run.Cluster.Silos.All(run.Events.TakesCalls),
            Limit, cancellationToken);
        return took is null ? null : run.Clock.Now - since;
    }

    /// <summary>Whether each gateway that speaks of the silo at all gives it calls, by its last word on its state.</summary>
    /// <param name="events">Of all gateways, in order of time.</param>
    /// <param name="silo">Its name.</param>
    public static bool TakesCalls(IReadOnlyList<GatewayEvent> events, string silo)
    {
        List<GatewayEvent> own = [.. events.Where(e => e.Silo == silo)];
        // A silo that was cut off and declared dead answers again from the healing on, until it reads of it and ends: that is not whole.
        var dead = own.Where(e => e.Kind == GatewayEvents.Evicted).Select(e => e.BootId).ToHashSet();
        return own.Where(IsState).GroupBy(e => e.Gateway).Select(words => words.Last())
            .All(last => last.Kind is GatewayEvents.Ready or GatewayEvents.Trusted or GatewayEvents.Readmitted && !dead.Contains(last.BootId));
    }

    /// <summary>Failovers and evictions are told of an earlier start, the rest of no silo's state.</summary>
    private static bool IsState(GatewayEvent news) => news.Kind is GatewayEvents.Ready or GatewayEvents.Trusted or GatewayEvents.Readmitted
        or GatewayEvents.Lost or GatewayEvents.Suspected or GatewayEvents.Ejected or GatewayEvents.Draining or GatewayEvents.Failed;
}
