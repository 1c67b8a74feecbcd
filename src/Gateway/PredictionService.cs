using System.Collections.Immutable;
using Evergrain.Client;
using Evergrain.Gateway.Http;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Http.Features;

namespace Evergrain.Gateway;

/// <summary>Answers the texts of a request, whatever form the answer takes.</summary>
internal sealed class PredictionService(EvergrainClient client, RoutingConfig routing, GatewayMetrics metrics)
{
    /// <summary>More texts than this are a file, not somebody waiting.</summary>
    private const int BulkTexts = 64;

    /// <summary>Asks for one text.</summary>
    /// <exception cref="EvergrainException">It was not answered.</exception>
    public async Task<Prediction> PredictAsync(HttpContext context, string text)
    {
        var batch = await SendAsync(context, [text], routing.Deadline, Lane.Interactive).ConfigureAwait(false);
        var row = batch.Rows[0];
        return row.Error == ErrorCode.None ? row : throw new ApiException(row.Error, row.Detail ?? "");
    }

    /// <summary>Asks for the good items; the rows of the bad ones carry their error. Null where there was no good one.</summary>
    /// <exception cref="EvergrainException">No silo answered any of them.</exception>
    public async Task<(ImmutableArray<Prediction> Rows, PredictionBatch? Batch)> PredictAsync(HttpContext context, ImmutableArray<BatchItem> items)
    {
        var texts = items.Where(i => i.Text is not null).Select(i => i.Text!).ToImmutableArray();
        PredictionBatch? batch = null;
        if (texts.Length > 0)
        {
            var lane = texts.Length > BulkTexts ? Lane.Bulk : Lane.Interactive;
            batch = await SendAsync(context, texts, routing.BatchDeadline, lane).ConfigureAwait(false);
        }

        var rows = ImmutableArray.CreateBuilder<Prediction>(items.Length);
        var answered = 0;
        foreach (var item in items)
        {
            rows.Add(item.Text is null ? new Prediction { Error = ErrorCode.Invalid, Detail = item.Error } : batch!.Rows[answered++]);
        }

        return (rows.MoveToImmutable(), batch);
    }

    private async Task<PredictionBatch> SendAsync(HttpContext context, ImmutableArray<string> texts, TimeSpan deadline, Lane lane)
    {
        var options = new PredictOptions { Deadline = deadline, Lane = lane };
        var batch = await client.PredictAsync(texts, options, context.RequestAborted).ConfigureAwait(false);
        var info = context.Features.GetRequiredFeature<AnswerInfo>();
        info.ServedBy = string.Join(", ", batch.ServedBy);
        info.Attempts = batch.Attempts;
        info.Timings = batch.Timings;
        foreach (var row in batch.Rows) metrics.Text(row.Error == ErrorCode.None ? row.Label : row.Error.ToName());
        return batch;
    }
}
