using System.Net;
using System.Net.Http.Json;

namespace Evergrain.Cli.Supervision;

/// <summary>Short HTTP questions to processes of this machine.</summary>
internal sealed class HealthProbe : IDisposable
{
    private readonly HttpClient _http;

    public HealthProbe(TimeSpan timeout)
    {
        // No proxy: a proxy of the environment has nothing to do with processes next door.
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = timeout };
        _http = new HttpClient(handler) { Timeout = timeout };
    }

    /// <summary>Whether <paramref name="path"/> answers 200 within the timeout.</summary>
    public async Task<bool> AnswersAsync(Uri address, string path, CancellationToken cancellationToken = default)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(address, path), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
            return false;
        }
    }

    /// <summary>The JSON at <paramref name="path"/>, whatever the status; null where nobody answers or it is none.</summary>
    public async Task<T?> ReadAsync<T>(Uri address, string path, CancellationToken cancellationToken = default)
        where T : class
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(address, path), cancellationToken);
            return await response.Content.ReadFromJsonAsync<T>(cancellationToken);
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken) || e is System.Text.Json.JsonException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private static bool IsNoAnswer(Exception e, CancellationToken cancellationToken)
        => e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
