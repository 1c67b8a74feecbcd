using System.Net.Http.Json;
using System.Text.Json;
using Evergrain.Cli.Commands;

namespace Evergrain.Cli.Supervision;

/// <summary>What <c>up</c> asks of a silo's admin port, which listens on its machine's loopback only.</summary>
internal sealed class SiloAdmin : IDisposable
{
    /// <summary>Asked for by the silo: a page in a browser cannot send it.</summary>
    public const string Header = "X-Evergrain";

    /// <summary>A silo answers a drain after 15 s at the latest.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(18);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(2) })
    {
        Timeout = Limit,
    };

    /// <param name="key">The node's own, for a silo whose YAML has an operator's; null: none is known.</param>
    public SiloAdmin(string? key)
    {
        _http.DefaultRequestHeaders.Add(Header, "1");
        _http.Authorize(key);
    }

    /// <summary>Takes it out of service and waits for its calls in flight.</summary>
    /// <returns>Why it is not drained, where it is not.</returns>
    public async Task<string?> DrainAsync(ChildSpec silo)
    {
        var (answer, problem) = await PostAsync(silo, "/drain");
        return problem ?? (answer?.InFlight > 0
            ? $"{silo.Name} takes no new work, but {answer.InFlight} calls are still in flight"
            : null);
    }

    /// <summary>Puts it back in service.</summary>
    /// <returns>Why that makes no sense, where it does not.</returns>
    public async Task<string?> UndrainAsync(ChildSpec silo) => (await PostAsync(silo, "/undrain")).Problem;

    /// <summary>Its /status as it is; null where it does not answer.</summary>
    public async Task<JsonElement?> StatusAsync(ChildSpec silo, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.GetFromJsonAsync<JsonElement>(new Uri(silo.Health, SiloStatus.Path), cancellationToken);
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(Answer? Answer, string? Problem)> PostAsync(ChildSpec silo, string path)
    {
        try
        {
            using var response = await _http.PostAsync(new Uri(silo.Health, path), null);
            var answer = await response.Content.ReadFromJsonAsync<Answer>();
            return response.IsSuccessStatusCode ? (answer, null) : (null, $"{silo.Name} refuses: {answer?.Error ?? response.ReasonPhrase}");
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            return (null, $"{silo.Name} does not answer at {silo.Health}");
        }
    }

    private static bool IsNoAnswer(Exception e) => e is HttpRequestException or IOException or OperationCanceledException or JsonException;

    private sealed record Answer(int? InFlight, string? Error);
}
