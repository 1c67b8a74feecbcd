using System.Buffers;
using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text.Json;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Evergrain.Gateway.Http;

/// <summary>A text of a batch, or why it is none.</summary>
internal readonly record struct BatchItem(string? Text, string? Error);

/// <summary>One text, and where it comes from where the request says so.</summary>
internal readonly record struct TextBody(string Text, string? Source);

/// <summary>Texts, and where they come from where the request says so.</summary>
internal readonly record struct TextsBody(ImmutableArray<BatchItem> Items, string? Source, bool AllowMixedModels);

/// <summary>
/// Reads a request's JSON body by hand: a binder answers a wrong type, a lone surrogate and a broken document all alike, and
/// one bad item of a batch must not fail the others.
/// </summary>
internal static class BodyReader
{
    private const int MaxDepth = 8;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>The text of {"text": "…", "source": "…"}, the latter optional (see <see cref="SourceTag"/>).</summary>
    /// <exception cref="ApiException">Malformed, too large or invalid.</exception>
    public static async Task<TextBody> ReadTextAsync(HttpContext context, LimitsConfig limits)
    {
        using var body = await ReadAsync(context, limits).ConfigureAwait(false);
        var item = ReadItem(Property(body, "text"), "text");
        var text = item.Text ?? throw new ApiException(ErrorCode.Invalid, item.Error!);
        return new TextBody(text, SourceTag.Of(context.Request, body.RootElement));
    }

    /// <summary>The items of {"texts": ["…", …], "source": "…"}, the latter optional; a bad item is no exception.</summary>
    /// <exception cref="ApiException">Malformed, too large, no list of texts, or a wrong source.</exception>
    public static async Task<TextsBody> ReadTextsAsync(HttpContext context, LimitsConfig limits)
    {
        using var body = await ReadAsync(context, limits).ConfigureAwait(false);
        return new TextsBody(Items(body, limits), SourceTag.Of(context.Request, body.RootElement), AllowMixedModels: false);
    }

    /// <summary>The same with "allow_mixed_models": false, optional; a bad item is no exception.</summary>
    /// <exception cref="ApiException">Malformed, too large, no list of texts, or a wrong option.</exception>
    public static async Task<TextsBody> ReadRichAsync(HttpContext context, LimitsConfig limits)
    {
        using var body = await ReadAsync(context, limits).ConfigureAwait(false);
        var texts = new TextsBody(Items(body, limits), SourceTag.Of(context.Request, body.RootElement), AllowMixedModels: false);
        if (!body.RootElement.TryGetProperty("allow_mixed_models", out var mixed)) return texts;
        return mixed.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? texts with { AllowMixedModels = mixed.GetBoolean() }
            : throw new ApiException(ErrorCode.Invalid, $"'allow_mixed_models' must be true or false, not {Kind(mixed)}.");
    }

    /// <summary>The text of one line of NDJSON: {"text": "…"}, or the string alone.</summary>
    public static BatchItem ReadLine(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return ReadItem(root, "the line");
            return root.TryGetProperty("text", out var text) ? ReadItem(text, "text") : new BatchItem(null, "'text' is missing.");
        }
        catch (JsonException e)
        {
            return new BatchItem(null, $"the line is not JSON that can be read (byte {e.BytePositionInLine + 1}).");
        }
    }

    private static ImmutableArray<BatchItem> Items(JsonDocument body, LimitsConfig limits)
    {
        var list = Property(body, "texts");
        if (list.ValueKind != JsonValueKind.Array) throw new ApiException(ErrorCode.Invalid, $"'texts' must be a list of strings, not {Kind(list)}.");
        var count = list.GetArrayLength();
        if (count == 0) throw new ApiException(ErrorCode.Invalid, "'texts' is empty: send at least one text.");
        if (count > limits.Texts) throw new ApiException(ErrorCode.TooLarge, $"{count} texts in one call: at most {limits.Texts} are taken (limits.texts).");
        var items = ImmutableArray.CreateBuilder<BatchItem>(count);
        foreach (var item in list.EnumerateArray()) items.Add(ReadItem(item, "the text"));
        return items.MoveToImmutable();
    }

    private static BatchItem ReadItem(JsonElement element, string what)
    {
        if (element.ValueKind != JsonValueKind.String) return new BatchItem(null, $"{what} must be a string, not {Kind(element)}.");
        string text;
        try
        {
            text = element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return new BatchItem(null, $"{what} is not valid Unicode (a lone surrogate or invalid UTF-8).");
        }

        return string.IsNullOrWhiteSpace(text) ? new BatchItem(null, $"{what} is blank.") : new BatchItem(text, null);
    }

    private static JsonElement Property(JsonDocument body, string name)
    {
        var root = body.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new ApiException(ErrorCode.Invalid, $"The body must be a JSON object with '{name}', not {Kind(root)}.");
        return root.TryGetProperty(name, out var value) ? value : throw new ApiException(ErrorCode.Invalid, $"'{name}' is missing.");
    }

    private static async Task<JsonDocument> ReadAsync(HttpContext context, LimitsConfig limits)
    {
        RequireJson(context.Request);
        if (context.Request.ContentLength > limits.BodyBytes) throw TooLarge(limits);
        // The server has its own limit from the start; a reload may have raised ours above it.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false, MaxRequestBodySize: { } most } server && most < limits.BodyBytes)
            server.MaxRequestBodySize = limits.BodyBytes;
        var reader = context.Request.BodyReader;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await reader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            }
            catch (BadHttpRequestException e)
            {
                throw e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge(limits) : new ApiException(ErrorCode.Malformed, "The body ended early.");
            }

            if (read.Buffer.Length > limits.BodyBytes)
            {
                // Given back, so that the server can read the rest away and the caller gets to see the answer.
                reader.AdvanceTo(read.Buffer.End);
                throw TooLarge(limits);
            }

            if (read.IsCompleted)
            {
                // Copied: the document outlives the reader's buffers, which are given back whether or not it is JSON.
                var bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return Parse(bytes);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) throw new ApiException(ErrorCode.Malformed, "The body is empty: send a JSON object.");
        try
        {
            if (bytes.Span.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
            return JsonDocument.Parse(bytes, Options);
        }
        catch (JsonException e)
        {
            throw new ApiException(ErrorCode.Malformed, $"The body is not JSON that can be read (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).");
        }
    }

    private static void RequireJson(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !(type.MediaType == "application/json" || type.Suffix == "json"))
        {
            throw new ApiException(ErrorCode.UnsupportedMediaType, "Send JSON: the header 'Content-Type: application/json' is missing.");
        }

        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw new ApiException(ErrorCode.UnsupportedMediaType, "JSON is UTF-8: leave out the charset or say utf-8.");
        }
    }

    private static ApiException TooLarge(LimitsConfig limits)
        => new(ErrorCode.TooLarge, $"The body is over {limits.BodyBytes} bytes (limits.bodyBytes): send fewer or shorter texts.");

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a string",
        JsonValueKind.Array => "a list",
        _ => "an object",
    };
}
