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
}
