using System.Diagnostics.Metrics;

namespace Evergrain.Gateway;

/// <summary>Meter "Evergrain.Gateway".</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "Evergrain.Gateway";

    private readonly Counter<long> _texts;
    private readonly Counter<long> _problems;
    private readonly Counter<long> _webhooks;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _texts = meter.CreateCounter<long>("evergrain.gateway.texts", "{text}", "Texts answered, by label or error code.");
        _problems = meter.CreateCounter<long>("evergrain.gateway.problems", "{request}", "Requests answered with an error, by code.");
        _webhooks = meter.CreateCounter<long>("evergrain.gateway.webhooks", "{message}",
            "Webhook messages, by result: sent; failed; left to another gateway; dropped (events that found the queue full).");
    }

    public void Text(string result) => _texts.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Webhook(string result) => _webhooks.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Problem(ErrorCode code) => _problems.Add(1, new KeyValuePair<string, object?>("code", code.ToName()));
}
