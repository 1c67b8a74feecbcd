using System.Diagnostics.Metrics;

namespace Evergrain.Gateway;

/// <summary>Meter "Evergrain.Gateway".</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "Evergrain.Gateway";

    private readonly Counter<long> _texts;
    private readonly Counter<long> _sources;
    private readonly Counter<long> _problems;
    private readonly Counter<long> _webhooks;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _texts = meter.CreateCounter<long>("evergrain.gateway.texts", "{text}", "Texts answered, by label or error code.");
        _sources = meter.CreateCounter<long>("evergrain.gateway.sources", "{text}", "Texts answered of requests that name their source, by source and label.");
        _problems = meter.CreateCounter<long>("evergrain.gateway.problems", "{request}", "Requests answered with an error, by code.");
        _webhooks = meter.CreateCounter<long>("evergrain.gateway.webhooks", "{message}",
            "Webhook messages, by result: sent; failed; left to another gateway; dropped (events that found the queue full).");
    }

    public void Text(string result) => _texts.Add(1, new KeyValuePair<string, object?>("result", result));

    /// <summary>Makes the series of a source, with zero: what a series begins with is no increase to Prometheus.</summary>
    /// <param name="source">One of <see cref="SourceNames"/>.</param>
    /// <param name="labels">Of the model.</param>
    public void SourceSeen(string source, IEnumerable<string> labels)
    {
        foreach (var label in labels) CountSource(source, label, 0);
    }

    /// <param name="source">One of <see cref="SourceNames"/>: there must be few.</param>
    /// <param name="label">Of the answer.</param>
    public void SourceText(string source, string label) => CountSource(source, label, 1);

    public void Webhook(string result) => _webhooks.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Problem(ErrorCode code) => _problems.Add(1, new KeyValuePair<string, object?>("code", code.ToName()));

    private void CountSource(string source, string label, long texts)
        => _sources.Add(texts, new KeyValuePair<string, object?>("source", source), new KeyValuePair<string, object?>("label", label));
}
