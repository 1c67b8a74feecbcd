namespace Evergrain.Silo;

/// <summary>Counts what the inference grain answers, so that the grain itself knows nothing of metrics.</summary>
internal sealed class PredictionFilter(SiloMetrics metrics, TimeProvider time) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var began = time.GetTimestamp();
        await context.Invoke();

        // The warm-up calls of the silo itself carry no text.
        if (context.Result is PredictReply reply
            && context.Request.GetArgument(0) is PredictRequest { Texts.Length: > 0 } request)
            metrics.Predicted(reply, request.Texts.Length, began);
    }
}
