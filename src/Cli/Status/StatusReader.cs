using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Status;

/// <summary>Asks every <c>up</c> and every silo of the file at once; needs neither the database nor a working cluster.</summary>
internal sealed class StatusReader(EvergrainConfig config, HealthProbe probe)
{
    public async Task<StatusReport> ReadAsync(CancellationToken cancellationToken)
    {
        var processes = Task.WhenAll(config.Nodes().Select(node => ProcessesOfAsync(node, cancellationToken)));
        var silos = Task.WhenAll(config.Silos.Select(silo => SiloAsync(silo, cancellationToken)));
        return new StatusReport([.. (await processes).SelectMany(p => p)], await silos);
    }

    private async Task<IReadOnlyList<ProcessReport>> ProcessesOfAsync(string node, CancellationToken cancellationToken)
    {
        var socket = new StateFolder(config).SocketOf(node);
        if (await ControlClient.ProcessesAsync(socket, cancellationToken) is { } children)
            return children;
        var silos = config.Silos.Where(s => s.Node == node).Select(s => (s.Name, ChildSpec.Silo, ProcessLayout.AdminAddress(s)));
        var gateways = config.Gateways.Where(g => g.Node == node).Select(g => (g.Name, ChildSpec.Gateway, g.Public ?? config.OwnAddress(g)!));
        var webUis = config.WebUis.Where(w => w.Node == node).Select(w => (w.Name, ChildSpec.WebUi, w.Public ?? config.OwnAddress(w)!));
        return await Task.WhenAll(silos.Concat(gateways).Concat(webUis).Select(p => ProbeAsync(p.Name, p.Item2, node, p.Item3, cancellationToken)));
    }

    /// <summary>A process that is no child of an <c>up</c> here: another machine's, or started by hand.</summary>
    private async Task<ProcessReport> ProbeAsync(string name, string kind, string node, Uri address, CancellationToken cancellationToken)
    {
        var live = probe.AnswersAsync(address, "/health/live", cancellationToken);
        var ready = await probe.AnswersAsync(address, "/health/ready", cancellationToken);
        // Admin ports are on loopback, so a silo of another machine may have the port of one of ours.
        var isWho = kind != ChildSpec.Silo || (await probe.ReadAsync<SiloStatus>(address, SiloStatus.Path, cancellationToken))?.Name == name;
        var state = !await live || !isWho ? ProcessState.Unreachable : ready ? ProcessState.Ready : ProcessState.Unready;
        return new ProcessReport { Name = name, Kind = kind, Node = node, State = state };
    }

    private async Task<SiloReport> SiloAsync(SiloConfig silo, CancellationToken cancellationToken)
    {
        var address = ProcessLayout.AdminAddress(silo);
        var status = await probe.ReadAsync<SiloStatus>(address, SiloStatus.Path, cancellationToken);
        // A silo whose loopback is not ours (in a network namespace) is within reach of its own up.
        if (status?.Name != silo.Name)
            status = await ControlClient.SiloStatusAsync(new StateFolder(config).SocketOf(silo.Node), silo.Name, cancellationToken) ?? status;
        if (status?.Name != silo.Name || status.State is null)
        {
            var reason = status?.Name is { } other ? $"'{other}' answers at {address}" : $"nothing answers at {address}";
            return new SiloReport { Name = silo.Name, State = ProcessState.Unreachable, Reason = reason };
        }
        return new SiloReport
        {
            Name = silo.Name,
            State = status.State,
            Reason = status.Reason,
            Load = status.Load,
            Version = status.Model?.Version,
            Hash = status.Model?.Hash,
            BootId = status.BootId,
            Membership = status.Membership,
            Telemetry = status.Telemetry,
        };
    }
}
