using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Network;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

/// <summary>A fault of the network: runs on a cluster of its own, each silo a server with a cable.</summary>
internal abstract class NetworkScenario : IScenario
{
    private static readonly TimeSpan CalmLimit = TimeSpan.FromSeconds(30);

    private NetworkCluster? _network;

    public abstract string Name { get; }

    public abstract int Fault { get; }

    public abstract Bilingual Title { get; }

    public abstract Bilingual How { get; }

    public abstract Bilingual PassLine { get; }

    /// <summary>Whether the gateways reach the second silo through a relay.</summary>
    protected virtual bool Relayed => false;

    protected NetworkCluster Network => _network ?? throw new InvalidOperationException("The cluster was not opened.");

    public string? WhyNotRun(DrillEnvironment environment)
        => environment.WhyNotOwn ?? NetworkTools.WhyNot ?? (environment.Config.Silos.Length < 2 ? "needs two silos in the YAML file" : null);

    public Task<DrillCluster>? OpenClusterAsync(DrillEnvironment environment, CancellationToken cancellationToken) => OpenAsync(environment, cancellationToken);

    public abstract Task RunAsync(ScenarioRun run, CancellationToken cancellationToken);

    /// <summary>Waits until every process is ready, every gateway gives calls to every silo, and <paramref name="silo"/> has answered a caller.</summary>
    /// <returns>How long that took from <paramref name="since"/>; null: not within 30 s.</returns>
    protected static async Task<TimeSpan?> WaitUntilWholeAsync(ScenarioRun run, TimeSpan since, string silo, CancellationToken cancellationToken)
    {
        var took = await run.Clock.UntilAsync(
            async () => run.Samples.Any(s => s.Due >= since && s.ServedBy == silo && s.Answered)
                && await run.Cluster.IsReadyAsync(cancellationToken) && run.Cluster.Silos.All(run.Events.TakesCalls),
            CalmLimit, cancellationToken);
        return took is null ? null : run.Clock.Now - since;
    }

    private async Task<DrillCluster> OpenAsync(DrillEnvironment environment, CancellationToken cancellationToken)
    {
        _network = await NetworkCluster.OpenAsync(environment, Relayed, cancellationToken);
        return _network.Cluster;
    }
}
