using System.Collections.Immutable;
using System.Net.Http.Json;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

/// <summary>The real cluster: processes through the <c>up</c> of their nodes, predictions through each gateway's own address.</summary>
internal sealed class LiveCluster : IRollingCluster, IDisposable
{
    private const string Text = "这个产品太棒了!";

    private readonly EvergrainConfig _config;
    private readonly RunningProcesses _processes;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromSeconds(6),
    };

    /// <summary>Gateway and silo of each answer since that silo's restart.</summary>
    private readonly HashSet<(string Gateway, string Silo)> _answers = [];

    public LiveCluster(EvergrainConfig config, RunningProcesses processes)
    {
        (_config, _processes, All) = (config, processes, processes.All);
        _http.Authorize(GatewayCalls.KeyFor(config));
    }

    /// <summary>Every gateway, and the silos of this machine: only their own machine can ask silos how they are.</summary>
    public ImmutableArray<RunningProcesses.Entry> All { get; private set; }

    /// <summary>What to restart: what is named, or all that an <c>up</c> here can.</summary>
    /// <exception cref="UserException">A name is unknown, or no <c>up</c> runs here.</exception>
    public async Task<ImmutableArray<RunningProcesses.Entry>> ChooseAsync(
        string[] names, TextWriter output, CancellationToken cancellationToken)
    {
        var named = _processes.Find(names);
        var here = await _processes.HereAsync(cancellationToken);
        All = [.. _processes.All.Where(e => e.Kind == ChildSpec.Gateway || here.Contains(e))];
        if (!named.IsEmpty)
            return named;
        if (here.Length < _processes.All.Length)
        {
            var others = string.Join(", ", _processes.All.Except(here).Select(e => e.Name));
            await output.WriteLineAsync($"left alone, for their `up` is not on this machine: {others}");
        }

        return here;
    }

    public async Task RestartAsync(RunningProcesses.Entry entry, CancellationToken cancellationToken)
    {
        await _processes.ChangeAsync(entry, "restart", cancellationToken);
        _answers.RemoveWhere(answer => answer.Silo == entry.Name);
    }

    public Task<string?> ProblemAsync(RunningProcesses.Entry entry, CancellationToken cancellationToken) => entry.Kind switch
    {
        ChildSpec.Gateway => GatewayProblemAsync(_config.Gateways.Single(g => g.Name == entry.Name), cancellationToken),
        ChildSpec.WebUi => WebUiProblemAsync(entry, cancellationToken),
        _ => SiloProblemAsync(entry, cancellationToken),
    };

    public bool IsUsedByAll(RunningProcesses.Entry silo) => _config.Gateways.All(g => _answers.Contains((g.Name, silo.Name)));

    public void Dispose() => _http.Dispose();

    private async Task<string?> SiloProblemAsync(RunningProcesses.Entry silo, CancellationToken cancellationToken)
    {
        var status = await _processes.SiloStatusAsync(silo, cancellationToken);
        return status switch
        {
            { State: "ready" } => null,
            null => $"{silo.Name} does not answer",
            { Reason: { } reason } => $"{silo.Name} is {status.State} ({reason})",
            _ => $"{silo.Name} is {status.State}",
        };
    }

    private async Task<string?> WebUiProblemAsync(RunningProcesses.Entry webUi, CancellationToken cancellationToken)
    {
        var report = await _processes.ReportAsync(webUi, cancellationToken);
        return report?.State == ProcessState.Ready ? null : $"{webUi.Name} is {report?.State ?? "not known to any `up` here"}";
    }

    private async Task<string?> GatewayProblemAsync(GatewayConfig gateway, CancellationToken cancellationToken)
    {
        var address = gateway.Public ?? _config.OwnAddress(gateway)!;
        try
        {
            using var response = await _http.PostAsJsonAsync(new Uri(address, "/predict"), new { text = Text }, cancellationToken);
            if (!response.IsSuccessStatusCode)
                return $"{gateway.Name} answers {(int)response.StatusCode}";
            if (response.Headers.TryGetValues("X-Served-By", out var silos))
                _answers.UnionWith(silos.Select(silo => (gateway.Name, silo)));
            return null;
        }
        catch (HttpRequestException e)
        {
            return $"{gateway.Name} at {address}: {e.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{gateway.Name} at {address} does not answer";
        }
    }
}
