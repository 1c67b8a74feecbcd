using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Evergrain.ClusterTests;

/// <summary>A call of /v1/predict/stream over a bare connection: what an HTTP library buffers would hide who waits for whom.</summary>
internal sealed class RawStream : IAsyncDisposable
{
    public const string MediaType = "application/x-ndjson";

    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(10);

    private readonly NetworkStream _stream;
    private readonly BufferedStream _buffered;

    private RawStream(NetworkStream stream) => (_stream, _buffered) = (stream, new BufferedStream(stream));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Returns when the answer has begun.</summary>
    public static async Task<RawStream> OpenAsync(Uri gateway)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(gateway.Host, gateway.Port, Cancel);
        var stream = new RawStream(new NetworkStream(socket, ownsSocket: true));
        var head = $"POST /v1/predict/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: {MediaType}\r\nTransfer-Encoding: chunked\r\n\r\n";
        await stream._stream.WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
        Assert.Equal("HTTP/1.1 200 OK", await stream.ReadLineAsync());
        while (await stream.ReadLineAsync() is { Length: > 0 })
        {
        }

        return stream;
    }

    /// <returns>Bytes sent.</returns>
    public async Task<int> SendAsync(string lines, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(lines);
        byte[] chunk = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length:x}\r\n")), .. bytes, .. "\r\n"u8];
        await _stream.WriteAsync(chunk, cancellationToken);
        return chunk.Length;
    }

    public async Task SendEndAsync() => await _stream.WriteAsync("0\r\n\r\n"u8.ToArray(), Cancel);

    /// <summary>One chunk of the answer, which may end within a row; empty where the answer has ended as it should.</summary>
    public async Task<string> ReadChunkAsync()
    {
        var size = int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        using var limit = Limit();
        var bytes = new byte[size + 2]; // and the end of its line
        await _buffered.ReadExactlyAsync(bytes, limit.Token);
        return Encoding.UTF8.GetString(bytes, 0, size);
    }

    public async ValueTask DisposeAsync()
    {
        await _buffered.DisposeAsync();
        await _stream.DisposeAsync();
    }

    private static CancellationTokenSource Limit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(ReadLimit);
        return limit;
    }

    private async Task<string> ReadLineAsync()
    {
        using var limit = Limit();
        var line = new List<byte>();
        var one = new byte[1];
        do
        {
            await _buffered.ReadExactlyAsync(one, limit.Token);
            line.Add(one[0]);
        }
        while (one[0] != '\n');
        return Encoding.ASCII.GetString([.. line]).TrimEnd();
    }
}
