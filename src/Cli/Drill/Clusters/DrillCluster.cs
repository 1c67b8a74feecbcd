using System.Collections.Immutable;
using Evergrain.Cli.Commands;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>A gateway and the address that reaches exactly this one.</summary>
internal sealed record GatewayAddress(string Name, Uri Address);

/// <summary>
/// A running cluster whose processes may be hurt: one of the drill's own, or (attached) one that runs already. What the drill started is ended when
/// it is disposed.
/// </summary>
internal sealed class DrillCluster : IAsyncDisposable
{
    public static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);

    private readonly ClusterLayout _layout;
    private readonly ScenarioClock _clock;
    private readonly StateFolder _state;
    private readonly bool _attached;
    private ImmutableArray<UpProcess> _ups = [];

    private DrillCluster(ClusterLayout layout, bool attached, TimeProvider time)
    {
        _layout = layout;
        _attached = attached;
        _clock = new ScenarioClock(time);
        _state = new StateFolder(layout.Config);
        Gateways = [.. Config.Gateways.Select(g => new GatewayAddress(g.Name, g.Public ?? Config.OwnAddress(g)!))];
        Silos = [.. Config.Silos.Select(s => s.Name)];
    }

    public EvergrainConfig Config => _layout.Config;

    public Uri Shared => _layout.Shared;

    /// <summary>Callers that know the shared address only.</summary>
    public CallerKind OneUrl => CallerKind.OneUrl(Shared) with { ApiKey = ApiKey };

    /// <summary>What its gateways ask for; null: nothing, as one of the drill's own.</summary>
    public string? ApiKey => _attached ? GatewayCalls.KeyFor(Config) : null;

    public ImmutableArray<GatewayAddress> Gateways { get; }

    public ImmutableArray<string> Silos { get; }

    public Connect? Connect => _layout.Connect;

    /// <summary>Null where the membership is not in a database that the drill may stop.</summary>
    public PostgreSqlServer? Database => _layout.Database;

    public ModelCopy? Model => _layout.Model;

    public string Description => _layout.Description;

    public string Membership => _layout.Membership;

    public string Logs => Path.Combine(Config.StateFolder, "logs");

    public ImmutableArray<UpProcess> Ups => _ups;

    /// <summary>What every <c>up</c> printed since its start.</summary>
    public string Output => string.Join('\n', _ups.Select(up => up.Output));

    /// <exception cref="UserException">It does not become ready; shows what <c>up</c> printed. Nothing is left behind.</exception>
    public static async Task<DrillCluster> OpenAsync(ClusterLayout layout, TimeProvider time, CancellationToken cancellationToken)
    {
        var cluster = new DrillCluster(layout, attached: false, time);
        try
        {
            await File.WriteAllTextAsync(layout.Config.File, ConfigYaml.Write(layout.Config), cancellationToken);
            await cluster.UpAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="UserException">Nothing of it runs on this machine.</exception>
    public static async Task<DrillCluster> AttachAsync(EvergrainConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        var cluster = new DrillCluster(
            new ClusterLayout
            {
                Config = config,
                Ups = [],
                Shared = config.Gateways.SelectMany(g => g.Listen.Where(a => config.IsShared(g, a))).FirstOrDefault() ?? config.OwnAddress(config.Gateways[0])!,
                Description = $"attached to {config.File}",
                Membership = config.Cluster.Provider == MembershipProvider.Sqlite ? "sqlite" : "postgresql",
            },
            attached: true, time);
        return (await cluster.ProcessesAsync(cancellationToken)).Count > 0
            ? cluster
            : throw new UserException($"no `evergrain up` of {config.File} runs on this machine: start it, or leave out --attach");
    }

    /// <summary>Starts every <c>up</c> that does not run, and waits for its `ready`.</summary>
    public async Task UpAsync(CancellationToken cancellationToken)
    {
        foreach (var up in _ups)
            up.Dispose();
        _ups = [.. _layout.Ups.Select(UpProcess.Start)];
        await Task.WhenAll(_ups.Select(up => up.WaitUntilReadyAsync(_clock, ReadyLimit, cancellationToken)));
    }

    /// <summary>Ends every process and starts all anew.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await DownAsync();
        if (Database is not null)
            await Database.EnsureRunningAsync(cancellationToken);
        await UpAsync(cancellationToken);
    }

    /// <summary>Every child of every <c>up</c> on this machine, by its control socket; those whose <c>up</c> does not answer are missing.</summary>
    public async Task<IReadOnlyList<ProcessReport>> ProcessesAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(Config.Nodes().Select(node => ControlClient.ProcessesAsync(_state.SocketOf(node), cancellationToken)));
        return [.. answers.SelectMany(processes => processes ?? [])];
    }

    public async Task<ProcessReport> ProcessAsync(string name, CancellationToken cancellationToken)
        => (await ProcessesAsync(cancellationToken)).FirstOrDefault(p => p.Name == name)
            ?? throw new UserException($"{name} is no child of an `evergrain up` that answers");

    /// <exception cref="UserException">It does not run.</exception>
    public async Task<int> PidAsync(string name, CancellationToken cancellationToken)
        => (await ProcessAsync(name, cancellationToken)).Pid ?? throw new UserException($"{name} does not run");

    /// <returns>The process that got it.</returns>
    /// <exception cref="UserException">It does not run.</exception>
    public async Task<int> SignalAsync(string name, Signal signal, CancellationToken cancellationToken)
    {
        var pid = await PidAsync(name, cancellationToken);
        return Signals.Send(pid, signal) ? pid : throw new UserException($"{name} (pid {pid}) could not be sent {signal}");
    }

    /// <returns>How long until every process said that it is ready; null: not within the limit.</returns>
    public Task<TimeSpan?> WaitUntilReadyAsync(TimeSpan limit, CancellationToken cancellationToken)
        => _clock.UntilAsync(() => IsReadyAsync(cancellationToken), limit, cancellationToken);

    /// <returns>How long until <paramref name="name"/> was ready as another process than <paramref name="old"/>; null: not within the limit.</returns>
    public Task<TimeSpan?> WaitUntilBackAsync(string name, int old, TimeSpan limit, CancellationToken cancellationToken)
        => _clock.UntilAsync(async () => (await ProcessesAsync(cancellationToken)).Any(p => p.Name == name && p.Pid is { } pid && pid != old && p.State == ProcessState.Ready),
            limit, cancellationToken);

    /// <summary>Runs <c>evergrain COMMAND --config FILE</c> on it.</summary>
    public Task<ToolRun.Result> CommandAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
        => ToolRun.RunAsync(UpProcess.Program, [.. arguments, "--config", Config.File], cancellationToken);

    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        var processes = await ProcessesAsync(cancellationToken);
        var expected = _attached ? processes.Count : Config.Silos.Length + Config.Gateways.Length + Config.WebUis.Length;
        return processes.Count == expected && processes.All(p => p.State == ProcessState.Ready && p.Pid is { } pid && ProcessFacts.IsAlive(pid));
    }

    public async ValueTask DisposeAsync()
    {
        if (_attached)
            return;
        await DownAsync();
        foreach (var up in _ups)
            up.Dispose();
        foreach (var resource in _layout.Resources)
            await resource.DisposeAsync();
        Directory.Delete(Config.Folder, recursive: true);
    }

    private async Task DownAsync()
    {
        // A stopped process hears no SIGTERM.
        foreach (var pid in ProcessFacts.AllOf(Config.File))
            Signals.Send(pid, Signal.Continue);
        await Task.WhenAll(_ups.Select(up => up.StopAsync(_clock.Time)));
        foreach (var pid in ProcessFacts.AllOf(Config.File))
            Signals.Send(pid, Signal.Kill);
        await _clock.UntilAsync(() => ProcessFacts.AllOf(Config.File).Count == 0, TimeSpan.FromSeconds(5), CancellationToken.None);
    }
}
