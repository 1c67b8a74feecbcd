using System.Buffers;
using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text.Json;
using System.Threading.Channels;
using Evergrain.Client;
using Evergrain.Gateway.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;

namespace Evergrain.Gateway;

/// <summary>
/// A file of any length, newline-delimited JSON in and out. A few chunks are with the silos at any time and rows are written in order; where the
/// reader takes none or the silos are busy, no more lines are read, and the sender has to wait.
/// </summary>
internal sealed class PredictionStream(PredictionService service, GatewayState state, CurrentSettings settings)
{
    public const string MediaType = "application/x-ndjson";

    /// <summary>Texts of one chunk at most. What has come is sent on at once: a sender who has a line now and then is answered line by line.</summary>
    private const int ChunkTexts = 64;

    /// <summary>Chunks that wait to be written, beside the one that is: enough to keep two silos busy.</summary>
    private const int ChunksAhead = 4;

    private static readonly string[] MediaTypes = [MediaType, "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/json-lines"];
    private static readonly byte[] LineEnd = [(byte)'\n'];

    /// <exception cref="ApiException">Another media type, a wrong X-Request-Timeout or a wrong X-Source.</exception>
    public async Task RunAsync(HttpContext context)
    {
        RequireLines(context.Request);
        var (routing, limits, _) = settings.Now;
        var limit = RequestTimeout.Of(context.Request, routing.BatchDeadline, routing.BatchDeadline);
        var source = SourceTag.Of(context.Request);
        Unlimit(context.Features);
        context.Response.ContentType = MediaType;
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would collect rows until its buffer is full
        // Flushed: a sender may wait for the head of the answer before the first line.
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);

        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var chunks = Channel.CreateBounded<Task<ImmutableArray<Prediction>>>(ChunksAhead);
        var reading = ReadAsync(new LineReader(context.Request.BodyReader, limits.BodyBytes), chunks.Writer, limit, source, gone.Token);
        try
        {
            await foreach (var chunk in chunks.Reader.ReadAllAsync(gone.Token).ConfigureAwait(false))
                await WriteAsync(context.Response.BodyWriter, await chunk.ConfigureAwait(false), gone.Token).ConfigureAwait(false);
        }
        finally
        {
            await gone.CancelAsync().ConfigureAwait(false); // the reader left, or a chunk failed: the rest is not worth reading
            await reading.ConfigureAwait(false);
        }
    }

    /// <summary>Reads until the end of the body, or until this gateway drains: the chunks that are with the silos by then are still answered. Never
    /// throws: what goes wrong reaches the reader of the channel.</summary>
    private async Task ReadAsync(
        LineReader lines, ChannelWriter<Task<ImmutableArray<Prediction>>> chunks, TimeSpan limit, string? source, CancellationToken gone)
    {
        Exception? failure = null;
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(gone, state.DrainStarted);
            while (await lines.ReadAsync(stop.Token).ConfigureAwait(false) is { Count: > 0 } items)
            {
                // A buffer may hold thousands of lines: more than can be answered while the gateway drains.
                foreach (var chunk in items.Chunk(ChunkTexts).TakeWhile(_ => !state.Draining))
                    await chunks.WriteAsync(service.PredictBulkAsync([.. chunk], limit, source, gone), gone).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Drained, or nobody reads any more.
        }
        catch (Exception e)
        {
            failure = e;
        }

        chunks.Complete(failure);
    }

    private static async Task WriteAsync(PipeWriter body, ImmutableArray<Prediction> rows, CancellationToken cancellationToken)
    {
        using (var json = new Utf8JsonWriter(body))
        {
            foreach (var row in rows)
            {
                JsonSerializer.Serialize(json, RichRow.From(row), ApiJson.Default.RichRow);
                json.Flush();
                json.Reset();
                body.Write(LineEnd);
            }
        }

        await body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A file may be of any length, and its sender and its reader as slow as they like: pausing is how back-pressure shows.</summary>
    private static void Unlimit(IFeatureCollection features)
    {
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } incoming) incoming.MinDataRate = null;
        if (features.Get<IHttpMinResponseDataRateFeature>() is { } outgoing) outgoing.MinDataRate = null;
    }

    private static void RequireLines(HttpRequest request)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && MediaTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
            return;
        throw new ApiException(ErrorCode.UnsupportedMediaType, $"Send a JSON document a line, UTF-8: the header 'Content-Type: {MediaType}' is missing.");
    }
}
