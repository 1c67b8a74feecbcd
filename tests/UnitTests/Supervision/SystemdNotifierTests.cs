using System.Net.Sockets;
using System.Text;
using Evergrain.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Supervision;

public sealed class SystemdNotifierTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"evergrain-notify-{Guid.NewGuid():N}");
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5_000 };

    public SystemdNotifierTests() => _systemd.Bind(new UnixDomainSocketEndPoint(_path));

    public void Dispose()
    {
        _systemd.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public async Task Notifier_StartedLivingStopping_SaysSo()
    {
        var time = new FakeTimeProvider();
        using var notifier = new SystemdNotifier(_path, TimeSpan.FromSeconds(10), time);
        await notifier.StartedAsync(CancellationToken.None);
        Assert.Equal("READY=1", Next());
        for (var i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal("WATCHDOG=1", Next());
        }

        await notifier.StoppingAsync(CancellationToken.None);
        Assert.Equal("STOPPING=1", Next());
    }

    private string Next()
    {
        var buffer = new byte[64];
        return Encoding.ASCII.GetString(buffer, 0, _systemd.Receive(buffer));
    }
}
