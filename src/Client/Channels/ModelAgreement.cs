using Evergrain.Client.Events;

namespace Evergrain.Client.Channels;

/// <summary>
/// Whether the silos that take calls serve the same model. While it is changed silo by silo they do not, and the same text may get different
/// answers; where that lasts, a silo was forgotten. Used by one task.
/// </summary>
internal sealed class ModelAgreement(ClusterEvents events)
{
    private const int HashShown = 8;

    private bool _differ;

    public void Look(IEnumerable<SiloChannel> channels)
        => Look(channels.Where(c => c.Connected).Select(c => c.State!.Report));

    /// <param name="reports">The newest report of each silo that is connected.</param>
    public void Look(IEnumerable<LoadReport> reports)
    {
        var serving = reports.Where(r => r.State == SiloState.Ready && r.Model.Hash.Length > 0).ToArray();
        // Nobody serves a model: that says nothing of which.
        if (serving.Length == 0) return;
        var differ = Array.Exists(serving, r => r.Model.Hash != serving[0].Model.Hash);
        if (differ == _differ) return;
        _differ = differ;
        var evidence = string.Join(", ", serving.OrderBy(r => r.Silo, StringComparer.Ordinal).Select(Describe));
        if (differ) events.Publish(ClusterEventKind.ModelsDiffer, "", 0, "silos that take calls serve different models", evidence);
        else events.Publish(ClusterEventKind.ModelsAgree, "", 0, "every silo that takes calls serves the same model", evidence);
    }

    private static string Describe(LoadReport report)
    {
        var hash = report.Model.Hash;
        return $"{report.Silo} → {report.Model.Version} {(hash.Length > HashShown ? hash[..HashShown] : hash)}";
    }
}
