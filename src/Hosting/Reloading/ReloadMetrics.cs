using System.Diagnostics.Metrics;

namespace Evergrain.Hosting.Reloading;

/// <summary>Meter "Evergrain.Hosting".</summary>
internal sealed class ReloadMetrics
{
    public const string MeterName = "Evergrain.Hosting";

    private readonly Counter<long> _reloads;

    public ReloadMetrics(IMeterFactory meters)
        => _reloads = meters.Create(MeterName).CreateCounter<long>(
            "evergrain.process.reloads", "{reload}", "How often the YAML was read again, by result: applied; unchanged; refused (it is wrong, and the old settings stay).");

    public void Applied() => Count("applied");

    public void Unchanged() => Count("unchanged");

    public void Refused() => Count("refused");

    private void Count(string result) => _reloads.Add(1, new KeyValuePair<string, object?>("result", result));
}
