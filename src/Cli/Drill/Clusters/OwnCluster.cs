using System.Globalization;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>Lays out the drill's own pair on loopback, made from the config that people run.</summary>
internal static class OwnCluster
{
    /// <param name="environment">Its config and what the machine can do.</param>
    /// <param name="change">Last changes to the new config: another silo, other routing.</param>
    /// <param name="siloProgram">Another program in place of the silo's.</param>
    /// <param name="programs">Lays out a folder of programs that its processes find before the machine's own.</param>
    /// <param name="sqlite">The membership is a file beside the YAML, also where there is PostgreSQL.</param>
    /// <param name="prepare">Makes what must be there before the first process starts; disposed after the last one has ended.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<DrillCluster> OpenAsync(
        DrillEnvironment environment, CancellationToken cancellationToken,
        Func<EvergrainConfig, EvergrainConfig>? change = null, string? siloProgram = null, Func<EvergrainConfig, string>? programs = null,
        bool sqlite = false, Func<EvergrainConfig, CancellationToken, Task<IAsyncDisposable>>? prepare = null)
    {
        // First: where it cannot be set up, nothing else has to be taken away again.
        var database = environment.HasPostgreSql && !sqlite ? await PostgreSqlServer.StartNewAsync(environment.Time, cancellationToken) : null;
        var config = LoopbackConfig.Of(environment.Config, Path.Combine(Directory.CreateTempSubdirectory("evergrain-drill-").FullName, "evergrain.yaml"), FreePorts.Take);
        var model = ModelCopy.Link(config.Model.Path, Path.Combine(config.Folder, "model"));
        config = config with { Model = config.Model with { Path = model.Folder }, Routing = config.Routing with { Failover = !environment.SelfTest } };
        if (database is not null)
            config = config with { Cluster = config.Cluster with { Provider = MembershipProvider.Postgresql, Connection = database.ConnectionString } };
        config = change?.Invoke(config) ?? config;
        var prepared = prepare is null ? null : await prepare(config, cancellationToken);
        // From here on the cluster disposes the database and the folder, also where it does not become ready.
        return await DrillCluster.OpenAsync(
            new ClusterLayout
            {
                Config = config,
                Ups = [new UpStart { ConfigFile = config.File, SiloProgram = siloProgram, Programs = programs?.Invoke(config) }],
                Shared = config.Gateways[0].Listen[0],
                Description = string.Create(CultureInfo.InvariantCulture, $"{config.Silos.Length} silos, {config.Gateways.Length} gateways, own cluster"),
                Membership = database is null ? "sqlite" : $"postgresql {database.Version}",
                Database = database,
                Model = model,
                Resources = [.. new IAsyncDisposable?[] { database, prepared }.OfType<IAsyncDisposable>()],
            },
            environment.Time,
            cancellationToken);
    }
}
