using Microsoft.OpenApi;

namespace Evergrain.Gateway.Http;

/// <summary>POST /predict, /batch_predict and /v1/predict.</summary>
internal static class PredictEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        Describe(routes.MapPost("/predict", PredictAsync), "Sentiment of one text")
            .Accepts<PredictBody>("application/json").Produces<PredictAnswer>();
        Describe(routes.MapPost("/batch_predict", BatchAsync), "Sentiment of many texts, in order; a bad text is an error on its row")
            .Accepts<BatchBody>("application/json").Produces<BatchAnswer>();
        Describe(routes.MapPost("/v1/predict", RichAsync), "Sentiment of many texts with probabilities, tokens, model, silo and timings")
            .Accepts<RichBody>("application/json").Produces<RichAnswer>();
        Describe(routes.MapPost("/v1/predict/stream", StreamAsync), "Sentiment of a file of any length: a line in, a line out, in order")
            .WithDescription("Newline-delimited JSON both ways; a line is {\"text\": \"…\"} or the string alone. Rows come while lines are still sent: read "
                + "them meanwhile. A bad line is an error on its row; blank lines have none. Fewer rows than lines: the gateway leaves; send the rest again.")
            .Accepts<LineBody>(PredictionStream.MediaType).Produces<RichRow>(200, PredictionStream.MediaType);
    }

    private static async Task PredictAsync(HttpContext context, PredictionService service, CurrentSettings settings)
    {
        var (text, source) = await BodyReader.ReadTextAsync(context, settings.Now.Limits).ConfigureAwait(false);
        var row = await service.PredictAsync(context, text, source).ConfigureAwait(false);
        var answer = new PredictAnswer { Label = row.Label, Score = row.Score };
        await context.Response.WriteAsJsonAsync(answer, ApiJson.Default.PredictAnswer, null, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task BatchAsync(HttpContext context, PredictionService service, CurrentSettings settings)
    {
        var texts = await BodyReader.ReadTextsAsync(context, settings.Now.Limits).ConfigureAwait(false);
        var (rows, _) = await service.PredictAsync(context, texts).ConfigureAwait(false);
        var answer = new BatchAnswer
        {
            Results = [.. rows.Select(r => r.Error == ErrorCode.None
                ? new BatchRow { Label = r.Label, Score = r.Score }
                : new BatchRow { Error = RowError.From(r) })],
        };
        await context.Response.WriteAsJsonAsync(answer, ApiJson.Default.BatchAnswer, null, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task RichAsync(HttpContext context, PredictionService service, CurrentSettings settings, TimeProvider time)
    {
        var started = time.GetTimestamp();
        var texts = await BodyReader.ReadRichAsync(context, settings.Now.Limits).ConfigureAwait(false);
        var (rows, batch) = await service.PredictAsync(context, texts).ConfigureAwait(false);
        var model = rows.FirstOrDefault(r => r.Error == ErrorCode.None)?.Model ?? ModelIdentity.None;
        var timings = batch?.Timings ?? default;
        var answer = new RichAnswer
        {
            Results = [.. rows.Select(RichRow.From)],
            Model = model.Name,
            Version = model.Version,
            ServedBy = batch?.ServedBy ?? [],
            Attempts = batch?.Attempts ?? 0,
            Timings = new RichTimings
            {
                TotalMs = Milliseconds(time.GetElapsedTime(started)),
                TokenizeMs = Milliseconds(timings.Tokenize),
                QueueMs = Milliseconds(timings.Queue),
                InferenceMs = Milliseconds(timings.Inference),
            },
        };
        await context.Response.WriteAsJsonAsync(answer, ApiJson.Default.RichAnswer, null, context.RequestAborted).ConfigureAwait(false);
    }

    private static Task StreamAsync(HttpContext context, PredictionStream stream) => stream.RunAsync(context);

    private static double Milliseconds(TimeSpan span) => Math.Round(span.TotalMilliseconds, 2);

    private static OpenApiParameter SourceHeader => new()
    {
        Name = SourceTag.Header,
        In = ParameterLocation.Header,
        Description = "Where the texts come from, for the gateway's metrics, where the body does not say it.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = SourceTag.MaxLength, Pattern = SourceTag.Pattern },
    };

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, string summary)
    {
        route.WithMetadata(NeedsKey.Caller).WithSummary(summary).WithTags("Predict").AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(SourceHeader);
            return Task.CompletedTask;
        });
        foreach (var status in new[] { 400, 401, 413, 415, 422, 429, 503, 504 }) route.Produces<Problem>(status, "application/problem+json");
        return route;
    }
}
