using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Network;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

/// <summary>A fault of the network: runs on a cluster of its own, each silo a server with a cable.</summary>
internal abstract class NetworkScenario : IScenario
{
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

    private async Task<DrillCluster> OpenAsync(DrillEnvironment environment, CancellationToken cancellationToken)
    {
        _network = await NetworkCluster.OpenAsync(environment, Relayed, cancellationToken);
        return _network.Cluster;
    }
}
