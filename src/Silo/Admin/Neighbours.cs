using System.Collections.Immutable;
using System.Net;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Silo.Admin;

/// <summary>Whether the processes in front of a silo, on its own node, answer. Null where there are none.</summary>
/// <param name="Api">Any gateway is ready.</param>
/// <param name="WebUi">Any web page is alive.</param>
internal sealed record NeighbourHealth(bool? Api, bool? WebUi);

/// <summary>Asks the gateways and web pages of this node. Thread safe; whoever asks at the same time, or within a second, shares one look.</summary>
/// <param name="gateways">The own address of each.</param>
/// <param name="webUis">The own address of each.</param>
/// <param name="handler">Sends the questions; disposed of with this.</param>
/// <param name="time">The clock.</param>
internal sealed class Neighbours(ImmutableArray<Uri> gateways, ImmutableArray<Uri> webUis, HttpMessageHandler handler, TimeProvider time) : IDisposable
{
    /// <summary>For an answer. A frozen process accepts connections and never answers.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly Lock _gate = new();
    private Task<Look>? _look;

    /// <param name="config">The checked file.</param>
    /// <param name="silo">Whose neighbours.</param>
    /// <param name="time">The clock.</param>
    public static Neighbours Of(EvergrainConfig config, SiloConfig silo, TimeProvider time)
    {
        // The file may list web pages for a build without them: nobody starts those, and they are not missed.
        var hasWebUi = ProgramFile.Candidates(AppContext.BaseDirectory, "WebUI").Any(File.Exists);
        return new(
            [.. config.Gateways.Where(g => g.Node == silo.Node).Select(config.OwnAddress).OfType<Uri>()],
            hasWebUi ? [.. config.WebUis.Where(w => w.Node == silo.Node).Select(config.OwnAddress).OfType<Uri>()] : [],
            // No proxy: a proxy of the environment has nothing to do with processes next door.
            new SocketsHttpHandler { UseProxy = false },
            time);
    }

    public async Task<NeighbourHealth> ReadAsync()
    {
        Task<Look> look;
        lock (_gate)
        {
            if (_look is null || (_look.IsCompleted && !IsFresh(_look)))
                _look = LookAsync();
            look = _look;
        }
        return (await look).Health;
    }

    public void Dispose() => _http.Dispose();

    private bool IsFresh(Task<Look> look) => look.IsCompletedSuccessfully && time.GetElapsedTime(look.Result.At) < Age;

    private async Task<Look> LookAsync()
    {
        var api = AnyAsync(gateways, "/health/ready");
        var webUi = AnyAsync(webUis, "/health/live");
        return new(new(await api, await webUi), time.GetTimestamp());
    }

    /// <summary>The first that answers is enough; the others are not waited for.</summary>
    private async Task<bool?> AnyAsync(ImmutableArray<Uri> addresses, string path)
    {
        if (addresses.IsEmpty) return null;

        using var limit = new CancellationTokenSource(Limit, time);
        await foreach (var answer in Task.WhenEach(addresses.Select(address => AnswersAsync(new Uri(address, path), limit.Token)).ToList()))
        {
            if (!await answer) continue;
            await limit.CancelAsync();
            return true;
        }
        return false;
    }

    private async Task<bool> AnswersAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <param name="Health">What they answered.</param>
    /// <param name="At">Timestamp of the end.</param>
    private sealed record Look(NeighbourHealth Health, long At);
}
