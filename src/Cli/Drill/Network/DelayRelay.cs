using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Evergrain.Cli.Drill.Network;

/// <summary>
/// A TCP relay that holds back what it hands on: a long line for kernels without netem. Each direction is delayed by
/// <see cref="Delay"/>; how much flows is not limited.
/// </summary>
internal sealed class DelayRelay : IAsyncDisposable
{
    private const int ChunkBytes = 16 * 1024;

    /// <summary>Chunks on the way in one direction. A sender that is faster has to wait, as on a full line.</summary>
    private const int MostChunks = 4096;

    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Socket> _newSocket;
    private readonly IPEndPoint _target;
    private readonly TimeProvider _time;
    private readonly Socket _listener;
    private readonly Task _accepting;
    private long _delayTicks;

    /// <param name="newSocket">Makes its TCP sockets; whoever makes them says in which network they are.</param>
    /// <param name="listen">Where it listens; port 0: any.</param>
    /// <param name="target">Where it connects to.</param>
    /// <param name="time">The clock of the delay.</param>
    public DelayRelay(Func<Socket> newSocket, IPEndPoint listen, IPEndPoint target, TimeProvider time)
    {
        _newSocket = newSocket;
        _target = target;
        _time = time;
        _listener = newSocket();
        _listener.Bind(listen);
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>How long each byte is held back, from the next one read on.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var caller = await _listener.AcceptAsync(_stop.Token);
                connections.RemoveAll(c => c.IsCompleted);
                connections.Add(RelayAsync(caller));
            }
        }
        catch (Exception e) when (_stop.IsCancellationRequested && (e is OperationCanceledException or ObjectDisposedException or SocketException))
        {
            // Disposed.
        }
        await Task.WhenAll(connections);
    }

    private async Task RelayAsync(Socket caller)
    {
        using var near = caller;
        using var far = _newSocket();
        near.NoDelay = far.NoDelay = true;
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            await far.ConnectAsync(_target, broken.Token);
            await Task.WhenAll(HandOnAsync(near, far, broken), HandOnAsync(far, near, broken));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Whoever is left sees a reset, as it would without us: a close in order would say that all was sent.
            near.LingerState = far.LingerState = new LingerOption(true, 0);
        }
    }

    /// <summary>One direction, until its sender has finished in order or either side breaks.</summary>
    private async Task HandOnAsync(Socket from, Socket to, CancellationTokenSource broken)
    {
        var line = Channel.CreateBounded<Chunk>(new BoundedChannelOptions(MostChunks) { SingleReader = true, SingleWriter = true });
        await Task.WhenAll(OrBreakAsync(ReadAsync()), OrBreakAsync(WriteAsync()));

        async Task ReadAsync()
        {
            int read;
            do
            {
                var buffer = new byte[ChunkBytes];
                read = await from.ReceiveAsync(buffer, broken.Token);
                await line.Writer.WriteAsync(new Chunk(buffer.AsMemory(0, read), _time.GetTimestamp(), Delay), broken.Token);
            }
            while (read > 0);
        }

        async Task WriteAsync()
        {
            await foreach (var chunk in line.Reader.ReadAllAsync(broken.Token))
            {
                var left = chunk.Delay - _time.GetElapsedTime(chunk.ReadAt);
                if (left > TimeSpan.Zero)
                    await Task.Delay(left, _time, broken.Token);
                if (chunk.Bytes.IsEmpty)
                {
                    to.Shutdown(SocketShutdown.Send);
                    return;
                }
                await to.SendAsync(chunk.Bytes, broken.Token);
            }
        }

        async Task OrBreakAsync(Task loop)
        {
            try
            {
                await loop;
            }
            catch
            {
                await broken.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>Bytes on the way; none: the sender has finished.</summary>
    private readonly record struct Chunk(ReadOnlyMemory<byte> Bytes, long ReadAt, TimeSpan Delay);
}
