using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill;

/// <summary>One fault of the catalogue: makes it on real processes under load, and says what must hold.</summary>
internal interface IScenario
{
    /// <summary>As on the command line: "kill".</summary>
    string Name { get; }

    /// <summary>Number in the catalogue of faults; 0 for what is no fault.</summary>
    int Fault { get; }

    Bilingual Title { get; }

    /// <summary>How the fault is made.</summary>
    Bilingual How { get; }

    /// <summary>The catalogue's pass line, word for word.</summary>
    Bilingual PassLine { get; }

    /// <summary>Left out unless it is asked for by name.</summary>
    bool OnlyWhenNamed => false;

    /// <returns>Why it cannot run here and what would help; null where it can.</returns>
    string? WhyNotRun(DrillEnvironment environment);

    /// <summary>Where it needs a cluster that is laid out otherwise: opens that one, ready to serve, and the drill disposes it afterwards.</summary>
    /// <returns>Null: it runs on the drill's own pair.</returns>
    Task<DrillCluster>? OpenClusterAsync(DrillEnvironment environment, CancellationToken cancellationToken) => null;

    /// <summary>Makes the fault and judges it through <paramref name="run"/>; an exception is a failure. Leaves the cluster healthy.</summary>
    Task RunAsync(ScenarioRun run, CancellationToken cancellationToken);
}
