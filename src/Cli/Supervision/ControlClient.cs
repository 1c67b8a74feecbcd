using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Evergrain.Cli.Supervision;

/// <summary>Asks a running <c>up</c> through its control socket.</summary>
internal static class ControlClient
{
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(2);

    /// <summary>A stop may take 15 s and a restart a little more.</summary>
    private static readonly TimeSpan ChangeLimit = TimeSpan.FromSeconds(30);

    /// <returns>Its children; null where no <c>up</c> answers there.</returns>
    public static Task<List<ProcessReport>?> ProcessesAsync(string socketPath, CancellationToken cancellationToken)
        => ReadAsync<List<ProcessReport>>(socketPath, "/processes", cancellationToken);

    /// <returns>What a silo among its children says of itself; null where no <c>up</c> or no such silo answers.</returns>
    public static Task<SiloStatus?> SiloStatusAsync(string socketPath, string silo, CancellationToken cancellationToken)
        => ReadAsync<SiloStatus>(socketPath, $"/silos/{Uri.EscapeDataString(silo)}/status", cancellationToken);

    /// <summary>Changes one child and returns when that is done.</summary>
    /// <param name="socketPath">The control socket.</param>
    /// <param name="name">The child.</param>
    /// <param name="action">stop, start, restart, reload, drain or undrain.</param>
    /// <param name="cancellationToken">Ends the wait, not the change.</param>
    /// <returns>The child after it; null where no <c>up</c> answers there.</returns>
    /// <exception cref="UserException">It makes no sense or was not done in time; says why.</exception>
    public static async Task<ProcessReport?> ChangeAsync(string socketPath, string name, string action, CancellationToken cancellationToken)
    {
        if (!File.Exists(socketPath))
            return null;
        using var http = Connect(socketPath, ChangeLimit);
        try
        {
            using var response = await http.PostAsync($"/processes/{Uri.EscapeDataString(name)}/{action}", null, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK)
                return await response.Content.ReadFromJsonAsync<ProcessReport>(cancellationToken);
            var answer = await response.Content.ReadFromJsonAsync<ControlError>(cancellationToken);
            throw new UserException(answer?.Error ?? $"up answers {(int)response.StatusCode}");
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            throw new UserException($"{action} {name}: up broke off ({e.Message})");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UserException($"{action} {name}: not done within {ChangeLimit.TotalSeconds} s");
        }
    }

    private static async Task<T?> ReadAsync<T>(string socketPath, string path, CancellationToken cancellationToken)
        where T : class
    {
        if (!File.Exists(socketPath))
            return null;
        using var http = Connect(socketPath, ReadLimit);
        try
        {
            return await http.GetFromJsonAsync<T>(path, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static HttpClient Connect(string socketPath, TimeSpan limit)
    {
        var handler = new SocketsHttpHandler
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
        return new HttpClient(handler) { BaseAddress = new Uri("http://up"), Timeout = limit };
    }
}
