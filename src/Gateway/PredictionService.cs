using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Evergrain.Client;
using Evergrain.Gateway.Http;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Http.Features;

namespace Evergrain.Gateway;

/// <summary>Answers the texts of a request, whatever form the answer takes.</summary>
internal sealed class PredictionService(EvergrainClient client, CurrentSettings settings, GatewayMetrics metrics, SourceNames sources, TimeProvider time)
{
    /// <summary>More texts than this are a file, not somebody waiting.</summary>
    private const int BulkTexts = 64;

    private static readonly TimeSpan SoonestRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LatestRetry = TimeSpan.FromSeconds(2);

    /// <summary>Asks for one text.</summary>
    /// <exception cref="EvergrainException">It was not answered.</exception>
    public async Task<Prediction> PredictAsync(HttpContext context, string text, string? source)
    {
        var batch = await SendAsync(context, [text], settings.Now.Routing, batch: false, Lane.Interactive, false).ConfigureAwait(false);
        Count(batch.Rows, source);
        var row = batch.Rows[0];
        return row.Error == ErrorCode.None ? row : throw new ApiException(row.Error, row.Detail ?? "");
    }

    /// <summary>Asks for the good items; the rows of the bad ones carry their error. Null where there was no good one.</summary>
    /// <exception cref="EvergrainException">No silo answered any of them.</exception>
    public async Task<(ImmutableArray<Prediction> Rows, PredictionBatch? Batch)> PredictAsync(HttpContext context, TextsBody body)
    {
        var items = body.Items;
        var texts = items.Where(i => i.Text is not null).Select(i => i.Text!).ToImmutableArray();
        PredictionBatch? batch = null;
        if (texts.Length > 0)
        {
            var lane = texts.Length > BulkTexts ? Lane.Bulk : Lane.Interactive;
            batch = await SendAsync(context, texts, settings.Now.Routing, batch: true, lane, body.AllowMixedModels).ConfigureAwait(false);
            Count(batch.Rows, body.Source);
        }

        var rows = ImmutableArray.CreateBuilder<Prediction>(items.Length);
        var answered = 0;
        foreach (var item in items)
        {
            rows.Add(item.Text is null ? new Prediction { Error = ErrorCode.Invalid, Detail = item.Error } : batch!.Rows[answered++]);
        }

        return (rows.MoveToImmutable(), batch);
    }

    /// <summary>Asks for the good items of a file, in the lane for files. Where the silos are full, or none takes calls, it asks again when they say so, until the
    /// time is over: a file can wait. Never throws for what the silos do: every item gets a row.</summary>
    public async Task<ImmutableArray<Prediction>> PredictBulkAsync(ImmutableArray<BatchItem> items, TimeSpan limit, string? source, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var rows = items.Select(i => new Prediction { Error = ErrorCode.Invalid, Detail = i.Error }).ToArray();
        var open = Enumerable.Range(0, rows.Length).Where(i => items[i].Text is not null).ToArray();
        while (open.Length > 0)
        {
            var left = limit - time.GetElapsedTime(started);
            var wait = await AskAsync(items, open, left, rows, cancellationToken).ConfigureAwait(false);
            open = [.. open.Where(i => rows[i].Error is ErrorCode.Overloaded or ErrorCode.NoSilo or ErrorCode.NotReady)];
            if (open.Length == 0 || wait >= limit - time.GetElapsedTime(started)) break;
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }

        var answers = ImmutableCollectionsMarshal.AsImmutableArray(rows);
        Count(answers, source);
        return answers;
    }

    /// <returns>When to ask again for the rows that were refused.</returns>
    private async Task<TimeSpan> AskAsync(
        ImmutableArray<BatchItem> items, int[] open, TimeSpan left, Prediction[] rows, CancellationToken cancellationToken)
    {
        try
        {
            var options = new PredictOptions { Deadline = left, Lane = Lane.Bulk };
            var batch = await client.PredictAsync([.. open.Select(i => items[i].Text!)], options, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < open.Length; i++) rows[open[i]] = batch.Rows[i];
            return SoonestRetry;
        }
        catch (EvergrainException e)
        {
            foreach (var i in open) rows[i] = new Prediction { Error = e.Code, Detail = e.Message };
            var wait = e.RetryAfter ?? SoonestRetry;
            return wait < SoonestRetry ? SoonestRetry : wait > LatestRetry ? LatestRetry : wait;
        }
    }

    private async Task<PredictionBatch> SendAsync(
        HttpContext context, ImmutableArray<string> texts, RoutingConfig routing, bool batch, Lane lane, bool allowMixedModels)
    {
        var options = new PredictOptions
        {
            Deadline = RequestTimeout.Of(context.Request, batch ? routing.BatchDeadline : routing.Deadline, routing.BatchDeadline),
            Lane = lane,
            AllowMixedModels = allowMixedModels,
        };
        var answer = await client.PredictAsync(texts, options, context.RequestAborted).ConfigureAwait(false);
        var info = context.Features.GetRequiredFeature<AnswerInfo>();
        info.ServedBy = string.Join(", ", answer.ServedBy);
        info.ModelVersion = AnswerHeaders.ListOf(answer.ModelVersions);
        info.Attempts = answer.Attempts;
        info.Timings = answer.Timings;
        return answer;
    }

    private void Count(ImmutableArray<Prediction> rows, string? source)
    {
        foreach (var row in rows)
        {
            metrics.Text(row.Error == ErrorCode.None ? row.Label : row.Error.ToName());
            if (source is not null && row.Error == ErrorCode.None) Count(row, source);
        }
    }

    private void Count(Prediction row, string source)
    {
        var (name, isNew) = sources.Of(source, settings.Now.Limits.Sources);
        if (isNew) metrics.SourceSeen(name, row.Model.Labels);
        metrics.SourceText(name, row.Label);
    }
}
