using System.Collections.Immutable;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

/// <summary>The processes of the YAML file, each within reach of the <c>up</c> of its node on this machine.</summary>
internal sealed class RunningProcesses(EvergrainConfig config)
{
    private readonly StateFolder _folder = new(config);

    /// <summary>One entry of the file.</summary>
    internal sealed record Entry(string Name, string Kind, string Node);

    /// <summary>Silos first.</summary>
    public ImmutableArray<Entry> All { get; } =
    [
        .. config.Silos.Select(s => new Entry(s.Name, ChildSpec.Silo, s.Node)),
        .. config.Gateways.Select(g => new Entry(g.Name, ChildSpec.Gateway, g.Node)),
        .. config.WebUis.Select(w => new Entry(w.Name, ChildSpec.WebUi, w.Node)),
    ];

    /// <exception cref="UserException">A name is in no entry; says which names there are.</exception>
    public ImmutableArray<Entry> Find(IEnumerable<string> names) => [.. names.Distinct().Select(Find)];

    /// <exception cref="UserException">The name is in no entry; says which names there are.</exception>
    public Entry Find(string name) => All.FirstOrDefault(e => e.Name == name)
        ?? throw new UserException(
            $"{config.File}: nothing is named '{name}'; there are: {string.Join(", ", All.Select(e => e.Name))}", exitCode: 2);

    /// <summary>Those whose <c>up</c> answers on this machine.</summary>
    /// <exception cref="UserException">None does.</exception>
    public async Task<ImmutableArray<Entry>> HereAsync(CancellationToken cancellationToken)
    {
        var nodes = config.Nodes();
        var up = await Task.WhenAll(nodes.Select(async node => await ControlClient.ProcessesAsync(_folder.SocketOf(node), cancellationToken) is not null));
        var here = All.Where(e => up[nodes.IndexOf(e.Node)]).ToImmutableArray();
        return here.IsEmpty ? throw new UserException($"no `evergrain up` of {config.File} runs here; start it with ./run") : here;
    }

    /// <summary>The process as its <c>up</c> knows it; null where none answers.</summary>
    public async Task<ProcessReport?> ReportAsync(Entry entry, CancellationToken cancellationToken)
        => (await ControlClient.ProcessesAsync(_folder.SocketOf(entry.Node), cancellationToken))?.FirstOrDefault(p => p.Name == entry.Name);

    /// <summary>What a silo says of itself; null where it does not answer.</summary>
    public Task<SiloStatus?> SiloStatusAsync(Entry silo, CancellationToken cancellationToken)
        => ControlClient.SiloStatusAsync(_folder.SocketOf(silo.Node), silo.Name, cancellationToken);

    /// <param name="entry">The process.</param>
    /// <param name="action">stop, start, restart, reload, drain or undrain.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="UserException">No <c>up</c> runs its node here, or it says that this makes no sense.</exception>
    public async Task<ProcessReport> ChangeAsync(Entry entry, string action, CancellationToken cancellationToken)
        => await ControlClient.ChangeAsync(_folder.SocketOf(entry.Node), entry.Name, action, cancellationToken)
            ?? throw new UserException(
                $"{entry.Name}: no `evergrain up` of node '{entry.Node}' runs here; "
                + $"start it with ./run --node {entry.Node}, or ask on the server where it does");
}
