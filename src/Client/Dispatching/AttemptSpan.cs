using System.Diagnostics;

namespace Evergrain.Client.Dispatching;

/// <summary>One attempt in a trace: both of a failover, and both copies of a hedge, are in it with what became of them.</summary>
internal static class AttemptSpan
{
    private static readonly ActivitySource Source = new("Evergrain.Client");

    /// <returns>Null where nobody listens or the request is not traced.</returns>
    public static Activity? Start(string silo, long tokens, PredictRequest request)
    {
        if (Source.StartActivity("evergrain.attempt", ActivityKind.Client) is not { } span) return null;
        span.SetTag("evergrain.silo", silo);
        span.SetTag("evergrain.tokens", tokens);
        span.SetTag("evergrain.texts", request.Texts.Length);
        span.SetTag("evergrain.lane", request.Lane.ToString());
        return span;
    }

    public static void End(Activity? span, AttemptOutcome outcome)
    {
        if (span is null) return;
        span.SetTag("evergrain.outcome", outcome.ToString());
        if (outcome is not (AttemptOutcome.Answered or AttemptOutcome.Abandoned)) span.SetStatus(ActivityStatusCode.Error, outcome.ToString());
    }
}
