using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Evergrain.ClusterTests;

/// <summary>One span as it came: opentelemetry.proto.trace.v1.Span.</summary>
internal sealed record Span(string Service, string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Tags);

/// <summary>Takes traces as an OTLP collector does (protobuf over HTTP).</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _loop;

    public TraceCollector()
    {
        Address = new Uri($"http://127.0.0.1:{FreePorts.Take(1)[0]}");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _loop = Task.Run(TakeAsync);
    }

    public Uri Address { get; }

    public ConcurrentBag<Span> Spans { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _loop;
    }

    private async Task TakeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                foreach (var span in Read(body.ToArray())) Spans.Add(span);
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static IEnumerable<Span> Read(byte[] request)
    {
        foreach (var resourceSpans in Fields(request, 1))
        {
            var service = Fields(resourceSpans, 1).SelectMany(resource => Fields(resource, 1)).Select(Pair).FirstOrDefault(p => p.Key == "service.instance.id").Value ?? "";
            foreach (var span in Fields(resourceSpans, 2).SelectMany(scope => Fields(scope, 2)))
            {
                yield return new Span(
                    service, Hex(span, 1), Hex(span, 2), Hex(span, 4), Encoding.UTF8.GetString(Fields(span, 5).First()),
                    Fields(span, 9).Select(Pair).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Last().Value));
            }
        }
    }

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(Fields(message, field).FirstOrDefault() ?? []);

    /// <summary>opentelemetry.proto.common.v1.KeyValue; numbers as text.</summary>
    private static KeyValuePair<string, string> Pair(byte[] message)
    {
        var value = Fields(message, 2).FirstOrDefault() ?? [];
        var text = Fields(value, 1).FirstOrDefault() is { } bytes ? Encoding.UTF8.GetString(bytes) : value.Length > 1 && value[0] >> 3 == 3 ? $"{Number(value, 1).Value}" : "";
        return new(Encoding.UTF8.GetString(Fields(message, 1).First()), text);
    }

    /// <summary>The values of a length-delimited field, in order (protobuf's wire format).</summary>
    private static IEnumerable<byte[]> Fields(byte[] message, int field)
    {
        var at = 0;
        while (at < message.Length)
        {
            (var tag, at) = Number(message, at);
            switch (tag & 7)
            {
                case 0:
                    (_, at) = Number(message, at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    (var length, at) = Number(message, at);
                    if ((int)(tag >> 3) == field) yield return message[at..(at + (int)length)];
                    at += (int)length;
                    break;
            }
        }
    }

    private static (ulong Value, int Next) Number(byte[] message, int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(message[at] & 0x7F) << shift;
            if (message[at++] < 0x80) return (value, at);
        }
    }
}
