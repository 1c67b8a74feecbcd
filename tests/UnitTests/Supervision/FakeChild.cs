using System.Net;
using System.Net.Sockets;
using System.Text;
using Evergrain.Cli.Supervision;

namespace Evergrain.UnitTests.Supervision;

/// <summary>
/// A child whose process is a line of shell and whose health is answered by the test, so that the test decides both.
/// </summary>
internal sealed class FakeChild : IDisposable
{
    /// <summary>Lives until its stdin ends or a signal comes, as our processes do.</summary>
    public const string Obedient = "exec cat >/dev/null";

    /// <summary>Ends with exit code 0 at SIGTERM, as our processes do.</summary>
    public const string Graceful = "trap 'kill $!; exit 0' TERM; sleep 600 & wait";

    /// <summary>Takes no notice of SIGTERM nor of the end of stdin.</summary>
    public const string Stubborn = "trap '' TERM; exec sleep 600";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public FakeChild(string name, string kind, string script)
    {
        _listener.Start();
        var address = new Uri($"http://{_listener.LocalEndpoint}");
        Spec = new ChildSpec(name, kind, "local", "/bin/sh", ["-c", script], address);
        _ = AnswerAsync();
    }

    public ChildSpec Spec { get; }

    /// <summary>Status line of every answer; null: takes the connection and says nothing, as a frozen process does.</summary>
    public string? Answer { get; set; } = "200 OK";

    /// <summary>The paths that were asked for, one a line.</summary>
    public string Requests { get; private set; } = "";

    public void Dispose() => _listener.Dispose();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
                _ = AnswerOneAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task AnswerOneAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var buffer = new byte[4096];
                var count = await stream.ReadAsync(buffer);
                Requests += Encoding.ASCII.GetString(buffer, 0, count).Split(" HTTP")[0] + "\n";
                if (Answer is { } status)
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"));
                // Until the caller closes it.
                while (await stream.ReadAsync(buffer) > 0)
                {
                }
            }
            catch (IOException)
            {
            }
        }
    }
}
