using Evergrain.Cli.Drill;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Bench.Baseline;

/// <summary>The pair as <c>evergrain up</c> starts it: two silos, two gateways on one address.</summary>
internal sealed class EvergrainStack : IStack
{
    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(60);

    private readonly DrillCluster _cluster;

    private EvergrainStack(string name, DrillCluster cluster) => (Name, _cluster) = (name, cluster);

    public string Name { get; }

    public Uri Address => _cluster.Shared;

    public static async Task<EvergrainStack> StartAsync(string name, string model, CancellationToken cancellationToken)
    {
        var config = ConfigLoader.Parse("", Path.Combine(Directory.GetCurrentDirectory(), "evergrain.yaml"));
        config = config with { Model = config.Model with { Path = Path.GetFullPath(model) } };
        return new EvergrainStack(name, await OwnCluster.OpenAsync(new DrillEnvironment { Config = config, HasPostgreSql = false }, cancellationToken));
    }

    public Task KillOneAsync(CancellationToken cancellationToken) => _cluster.SignalAsync(_cluster.Silos[0], Signal.Kill, cancellationToken);

    public async Task FreezeOneAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        var pid = await _cluster.SignalAsync(_cluster.Silos[0], Signal.Stop, cancellationToken);
        await Task.Delay(length, TimeProvider.System, cancellationToken);
        Signals.Send(pid, Signal.Continue);
    }

    public async Task RestartAllAsync(CancellationToken cancellationToken)
    {
        var result = await _cluster.CommandAsync(["restart", "--rolling"], cancellationToken);
        if (result.ExitCode != 0) throw new InvalidOperationException($"restart --rolling: {result.Error}{result.Output}");
    }

    public async Task WaitUntilWholeAsync(CancellationToken cancellationToken)
    {
        if (await _cluster.WaitUntilReadyAsync(WholeLimit, cancellationToken) is null) throw new InvalidOperationException($"The pair did not become whole again:\n{_cluster.Output}");
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
