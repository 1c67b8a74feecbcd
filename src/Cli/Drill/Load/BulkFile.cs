using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Evergrain.Cli.Drill.Load;

/// <summary>A file of texts sent through <c>/v1/predict/stream</c>, its rows read while its lines are sent.</summary>
internal static class BulkFile
{
    private static readonly MediaTypeHeaderValue Lines = new("application/x-ndjson");

    /// <param name="gateway">Its address.</param>
    /// <param name="texts">Sent one after the other, from the start again after the last.</param>
    /// <param name="count">Lines of the file.</param>
    /// <param name="connect">Opens the connection; null: this process's own sockets.</param>
    /// <param name="row">Called for each row: its number, and label; without one where the row is an error.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Rows that came.</returns>
    /// <exception cref="HttpRequestException">The file was refused, or the gateway was lost.</exception>
    public static async Task<int> SendAsync(
        Uri gateway, IReadOnlyList<string> texts, int count, Connect? connect, Action<int, string?> row, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false };
        if (connect is not null)
            handler.ConnectCallback = (context, token) => connect(context, token);
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var content = new LinesContent([.. texts.Select(text => (byte[])[.. LoadGenerator.Body(text), (byte)'\n'])], count);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, "/v1/predict/stream")) { Content = content };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        var rows = 0;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            row(rows++, json.RootElement.TryGetProperty("label", out var label) ? label.GetString() : null);
        }

        return rows;
    }

    private sealed class LinesContent : HttpContent
    {
        private readonly byte[][] _lines;
        private readonly int _count;

        public LinesContent(byte[][] lines, int count)
        {
            (_lines, _count) = (lines, count);
            Headers.ContentType = Lines;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            for (var i = 0; i < _count; i++)
                await stream.WriteAsync(_lines[i % _lines.Length], cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
