using System.Diagnostics.Metrics;
using Evergrain.Silo.Lifecycle;
using Evergrain.Silo.Membership;
using Evergrain.Silo.Telemetry;

namespace Evergrain.Silo;

/// <summary>What a silo measures.</summary>
internal sealed class SiloMetrics
{
    public const string MeterName = "Evergrain.Silo";

    /// <summary>Seconds: from a short text on a fast device to a large batch on a slow one.</summary>
    private static readonly double[] Buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Counter<long> _predictions;
    private readonly Histogram<double> _duration;
    private readonly TimeProvider _time;

    public SiloMetrics(IMeterFactory meters, EngineHost host, IDeviceTelemetry telemetry, MembershipHealth membership, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(MeterName);
        _predictions = meter.CreateCounter<long>("evergrain.silo.predictions", "{text}", "Texts answered or refused, by result.");
        _duration = meter.CreateHistogram(
            "evergrain.silo.predict.duration", "s", "Time of a predict call on the silo.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
        meter.CreateObservableGauge(
            "evergrain.silo.queue.tokens", () => host.CurrentLoad.QueuedTokens, "{token}", "Tokens waiting in the queue.");
        meter.CreateObservableGauge(
            "evergrain.silo.in_flight", () => host.CurrentLoad.InFlight, "{text}", "Texts taken and not answered yet.");
        meter.CreateObservableGauge(
            "evergrain.silo.drain_rate", () => host.CurrentLoad.DrainRate, "{token}/s", "Tokens per second of a busy silo.");
        meter.CreateObservableGauge(
            "evergrain.silo.device.load", () => telemetry.Current.Load ?? host.CurrentLoad.BusyShare, "1", "Share of the devices' time in use; where that is not known, of this silo's own threads.");
        meter.CreateObservableGauge(
            "evergrain.silo.device.memory", () => PerDevice(telemetry, d => (double?)d.MemoryUsed / d.MemoryTotal), "1", "Share of a device's memory in use.");
        meter.CreateObservableGauge(
            "evergrain.silo.device.temperature", () => PerDevice(telemetry, d => d.Temperature), "Cel", "Temperature of a device.");
        meter.CreateObservableGauge(
            "evergrain.silo.device.ecc_errors", () => PerDevice(telemetry, d => d.EccErrors), "{error}", "Uncorrected memory errors of a device since its driver was loaded.");
        meter.CreateObservableGauge(
            "evergrain.silo.state", () => (int)host.State, null, "0 starting, 1 ready, 2 draining, 3 failed.");
        meter.CreateObservableGauge(
            "evergrain.silo.membership.away", () => membership.Away?.TotalSeconds ?? 0, "s",
            "How long the membership database has not answered; 0 while it does.");
    }

    /// <summary>One predict call that began at <paramref name="began"/> (of the time provider).</summary>
    public void Predicted(PredictReply reply, int texts, long began)
    {
        _duration.Record(_time.GetElapsedTime(began).TotalSeconds);
        if (reply.Refusal is { } refusal)
        {
            _predictions.Add(texts, Result(refusal.Code));
            return;
        }

        foreach (var result in reply.Results) _predictions.Add(1, Result(result.Error));
    }

    /// <summary>Only what is known.</summary>
    private static IEnumerable<Measurement<double>> PerDevice(IDeviceTelemetry telemetry, Func<DeviceReading, double?> of)
        => telemetry.Current.Devices
            .Where(device => of(device) is not null)
            .Select(device => new Measurement<double>(of(device)!.Value, new KeyValuePair<string, object?>("device", device.Device)));

    private static KeyValuePair<string, object?> Result(ErrorCode code) => new("result", code switch
    {
        ErrorCode.None => "ok",
        ErrorCode.Overloaded => "overloaded",
        ErrorCode.NotReady => "not_ready",
        ErrorCode.DeadlineExceeded => "deadline_exceeded",
        ErrorCode.InferenceFailed => "inference_failed",
        ErrorCode.Cancelled => "cancelled",
        _ => "other",
    });
}
