using System.Net;
using System.Net.Sockets;
using Evergrain.Cli.Drill.Network;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Drill.Network;

public sealed class DelayRelayTests : IAsyncDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly TcpListener _service = new(IPAddress.Loopback, 0);
    private readonly DelayRelay _relay;

    public DelayRelayTests()
    {
        _service.Start();
        _relay = new DelayRelay(NewSocket, new IPEndPoint(IPAddress.Loopback, 0), (IPEndPoint)_service.LocalEndpoint, _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _relay.DisposeAsync();
        _service.Dispose();
    }

    [Fact]
    public async Task Relay_NoDelay_HandsOnBothWays()
    {
        var (near, far) = await ConnectAsync();
        using (near)
        using (far)
        {
            await near.SendAsync("ask"u8.ToArray());
            Assert.Equal("ask", await ReadAsync(far, 3));
            await far.SendAsync("answer"u8.ToArray());
            Assert.Equal("answer", await ReadAsync(near, 6));
        }
    }

    [Fact]
    public async Task Relay_Delay_HoldsBackUntilItHasPassed()
    {
        var (near, far) = await ConnectAsync();
        using (near)
        using (far)
        {
            _relay.Delay = Delay;
            await near.SendAsync("ask"u8.ToArray());
            var arriving = ReadAsync(far, 3);
            // Without a jump of the clock nothing is handed on, however long we wait; and one that is too short is no use.
            _time.Advance(Delay / 4);
            Assert.NotSame(arriving, await Task.WhenAny(arriving, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System)));
            while (!arriving.IsCompleted)
            {
                _time.Advance(Delay);
                await Task.WhenAny(arriving, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
            }
            Assert.Equal("ask", await arriving);
        }
    }

    [Fact]
    public async Task Relay_ServiceFinishes_CallerSeesTheEnd()
    {
        var (near, far) = await ConnectAsync();
        using (near)
        using (far)
        {
            far.Shutdown(SocketShutdown.Send);
            Assert.Equal("", await ReadAsync(near, 1));
            await near.SendAsync("still open"u8.ToArray());
            Assert.Equal("still open", await ReadAsync(far, 10));
        }
    }

    [Fact]
    public async Task Relay_ServiceBreaks_CallerSeesAReset()
    {
        var (near, far) = await ConnectAsync();
        using (near)
        {
            far.LingerState = new LingerOption(true, 0);
            far.Close();
            var error = await Assert.ThrowsAsync<SocketException>(() => ReadAsync(near, 1));
            Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        }
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private async Task<(Socket Near, Socket Far)> ConnectAsync()
    {
        var near = NewSocket();
        await near.ConnectAsync(_relay.Address);
        return (near, await _service.AcceptSocketAsync().WaitAsync(Patience, TimeProvider.System));
    }

    private static async Task<string> ReadAsync(Socket socket, int bytes)
    {
        using var limit = new CancellationTokenSource(Patience);
        var buffer = new byte[bytes];
        var all = 0;
        while (all < bytes && await socket.ReceiveAsync(buffer.AsMemory(all), limit.Token) is > 0 and var read)
            all += read;
        return System.Text.Encoding.ASCII.GetString(buffer, 0, all);
    }
}
