using System.Diagnostics.Metrics;
using Evergrain.Client.Dispatching;
using Evergrain.Client.Picking;

namespace Evergrain.Client;

/// <summary>Meter "Evergrain.Client".</summary>
internal sealed class ClientMetrics
{
    public const string MeterName = "Evergrain.Client";

    private readonly Counter<long> _attempts;
    private readonly Counter<long> _picks;
    private readonly Counter<long> _hedges;

    public ClientMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _attempts = meter.CreateCounter<long>("evergrain.client.attempts", "{attempt}", "Calls sent to a silo, by silo and outcome.");
        _picks = meter.CreateCounter<long>("evergrain.client.picks", "{pick}", "Decisions of the pick policy, by reason.");
        _hedges = meter.CreateCounter<long>("evergrain.client.hedges", "{call}", "Late calls of which a copy went elsewhere, by which was answered first.");
    }

    public void Attempt(string silo, AttemptOutcome outcome)
        => _attempts.Add(1, new("silo", silo), new("outcome", Name(outcome)));

    /// <summary>A copy was sent, and it or the first one was answered.</summary>
    public void Hedged(bool won) => _hedges.Add(1, new KeyValuePair<string, object?>("winner", won ? "copy" : "first"));

    public void Picked(PickReason reason) => _picks.Add(1, new KeyValuePair<string, object?>("reason", PickLog.Name(reason)));

    // Constant strings: ToString of an enum allocates for each call.
    private static string Name(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Answered => "answered",
        AttemptOutcome.Refused => "refused",
        AttemptOutcome.Lost => "lost",
        AttemptOutcome.Late => "late",
        AttemptOutcome.Abandoned => "abandoned",
        _ => "failed",
    };
}
