using System.Collections.Concurrent;
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

    private readonly ConcurrentQueue<string> _requests = new();
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

    public string Body { get; set; } = "{}";

    /// <summary>Head of the last POST.</summary>
    public string LastHeaders { get; private set; } = "";

    /// <summary>The paths that were asked for, one a line; several connections are answered at a time.</summary>
    public string Requests => string.Join('\n', _requests);

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
                var head = Encoding.ASCII.GetString(buffer, 0, count);
                _requests.Enqueue(head.Split(" HTTP")[0]);
                if (head.StartsWith("POST", StringComparison.Ordinal))
                    LastHeaders = head;
                if (Answer is { } status)
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(
                        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}"));
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
