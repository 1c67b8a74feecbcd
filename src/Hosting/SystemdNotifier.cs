using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;

namespace Evergrain.Hosting;

/// <summary>Tells systemd that the process is up, that it lives, and that it stops (sd_notify(3), Type=notify and WatchdogSec= of a unit). The sign of life comes from
/// the thread pool: a process that does not get to it any more is one to start anew.</summary>
/// <param name="path">The socket's; '@' in front stands for an abstract address.</param>
/// <param name="watchdog">How long systemd waits for a sign of life; zero: it does not.</param>
/// <param name="time">The clock.</param>
internal sealed class SystemdNotifier(string path, TimeSpan watchdog, TimeProvider time) : IHostedLifecycleService, IDisposable
{
    private const string SocketVariable = "NOTIFY_SOCKET";
    private const string WatchdogVariable = "WATCHDOG_USEC";

    private Socket? _socket;
    private ITimer? _timer;

    /// <summary>Null where this process was not started by systemd with Type=notify.</summary>
    public static SystemdNotifier? TryCreate(TimeProvider time)
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(SocketVariable) is not { Length: > 0 } path) return null;
        var limit = long.TryParse(Environment.GetEnvironmentVariable(WatchdogVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) ? microseconds : 0;
        return new SystemdNotifier(path, TimeSpan.FromMicroseconds(limit), time);
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        _socket.Connect(new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path));
        Send("READY=1");
        // Twice in the time that systemd waits, as its manual advises.
        if (watchdog > TimeSpan.Zero) _timer = time.CreateTimer(_ => Send("WATCHDOG=1"), null, watchdog / 2, watchdog / 2);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        Send("STOPPING=1");
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _timer?.Dispose();
        _socket?.Dispose();
    }

    private void Send(string state)
    {
        try
        {
            _socket?.Send(Encoding.ASCII.GetBytes(state));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // systemd is restarted, or we end: the next sign counts.
        }
    }
}
