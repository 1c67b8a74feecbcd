using System.Collections.Immutable;
using Evergrain.WebUI.App.Gateways;

namespace Evergrain.WebUI.App.Cluster;

/// <summary>A silo as all gateways together see it.</summary>
/// <param name="Name">In the YAML.</param>
/// <param name="View">The newest report that a gateway has.</param>
/// <param name="By">Each gateway's own view, by its name.</param>
internal sealed record SiloSummary(string Name, SiloView View, ImmutableSortedDictionary<string, SiloView> By)
{
    /// <summary>One word for people: ready, starting, draining, failed, suspect, ejected, lost. Ready where any gateway sends calls there: one that is cut off does
    /// not make the silo ill.</summary>
    public string State => By.Values.Any(v => v.Serves) ? "ready" : View switch
    {
        { Connected: false } => "lost",
        { Suspect: true } => "suspect",
        { State: not "ready" } => View.State,
        { Ejected: true } => "ejected",
        _ => View.State,
    };

    /// <summary>Gateways that send nothing there though others do.</summary>
    public ImmutableArray<string> CutOff => State == "ready" ? [.. By.Where(v => !v.Value.Serves).Select(v => v.Key)] : [];

    /// <param name="views">Of every gateway that answered.</param>
    public static ImmutableArray<SiloSummary> Of(IEnumerable<ClusterView> views) =>
    [
        .. views.SelectMany(view => view.Silos.Select(silo => (view.Gateway, Silo: silo)))
            .GroupBy(s => s.Silo.Name)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new SiloSummary(
                g.Key, g.Select(s => s.Silo).OrderBy(s => !s.Connected).ThenBy(s => s.ReportAgeMs ?? double.MaxValue).First(),
                g.ToImmutableSortedDictionary(s => s.Gateway, s => s.Silo))),
    ];
}
