using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Evergrain.Cli.Commands;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Models;

/// <summary>The real silos of this machine, through their admin ports.</summary>
internal sealed class SiloModels : IModelSilos, IDisposable
{
    private const string Path = "/model/use";

    /// <summary>Only against a silo that hangs and that nobody ends.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>A silo that opens a second model beside the first has little time for questions.</summary>
    private static readonly TimeSpan StatusLimit = TimeSpan.FromSeconds(5);

    private readonly HealthProbe _probe = new(StatusLimit);
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        // Each on a connection of its own: one that is open since before may lead to a process that is gone.
        PooledConnectionLifetime = TimeSpan.Zero,
    })
    {
        Timeout = Limit,
    };

    /// <param name="key">The node's own, for silos whose YAML has an operator's; null: none is known.</param>
    public SiloModels(string? key)
    {
        _http.DefaultRequestHeaders.Add(SiloAdmin.Header, "1");
        _http.Authorize(key);
    }

    /// <summary>Null too where another silo answers: admin ports are each machine's own.</summary>
    public async Task<SiloStatus?> StatusAsync(SiloConfig silo, CancellationToken cancellationToken)
    {
        var status = await _probe.ReadAsync<SiloStatus>(ProcessLayout.AdminAddress(silo), SiloStatus.Path, cancellationToken);
        return status?.Name == silo.Name ? status : null;
    }

    public async Task<SwitchResult> UseAsync(SiloConfig silo, string folder, CancellationToken cancellationToken)
    {
        var address = new Uri(ProcessLayout.AdminAddress(silo), Path);
        try
        {
            using var response = await _http.PostAsJsonAsync(address, new { path = folder }, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                var reason = $"{silo.Name} refuses: {await ReasonAsync(response, cancellationToken)}";
                return new SwitchResult(null, reason, IsUnclear: response.StatusCode >= HttpStatusCode.InternalServerError);
            }

            return await response.Content.ReadFromJsonAsync<ModelSwitch>(cancellationToken) is { } done
                ? new SwitchResult(done)
                : Unclear("its answer is empty");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
                ? new SwitchResult(null, $"{silo.Name} does not answer at {address}")
                : Unclear(e.Message);
        }
        catch (OperationCanceledException)
        {
            return Unclear(cancellationToken.IsCancellationRequested ? "given up" : $"no answer within {Durations.Format(Limit)}");
        }

        SwitchResult Unclear(string why) => new(null, $"{silo.Name} broke off ({why})", IsUnclear: true);
    }

    public void Dispose()
    {
        _probe.Dispose();
        _http.Dispose();
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        try
        {
            return (await response.Content.ReadFromJsonAsync<ControlError>(cancellationToken))?.Error ?? status;
        }
        catch (JsonException)
        {
            return status;
        }
    }
}
