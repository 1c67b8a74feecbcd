using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Evergrain.Cli.Supervision;

/// <summary>Asks a running <c>up</c> through its control socket.</summary>
internal static class ControlClient
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <returns>Its children; null where no <c>up</c> answers there.</returns>
    public static async Task<IReadOnlyList<ProcessReport>?> ProcessesAsync(string socketPath, CancellationToken cancellationToken)
    {
        if (!File.Exists(socketPath))
            return null;
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, connecting) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), connecting);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        using var http = new HttpClient(handler) { BaseAddress = new Uri("http://up"), Timeout = Timeout };
        try
        {
            return await http.GetFromJsonAsync<List<ProcessReport>>("/processes", cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
