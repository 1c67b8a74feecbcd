using Evergrain.Client;
using Evergrain.Gateway.Cluster;
using Evergrain.Gateway.Http;
using Evergrain.Gateway.Lifecycle;
using Evergrain.Gateway.Webhooks;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Evergrain.Hosting.Listening;
using Evergrain.Hosting.Reloading;

namespace Evergrain.Gateway;

/// <summary>Puts a gateway together: HTTP in front, the client library behind.</summary>
internal static class GatewayHost
{
    public static async Task<int> RunAsync(ProcessIdentity identity)
    {
        var config = identity.Config;
        var self = config.Gateways.Single(g => g.Name == identity.Name);
        var builder = EvergrainProcess.CreateBuilder(identity, "Evergrain.Client", GatewayMetrics.MeterName);

        builder.Services.AddSingleton(identity);
        builder.Services.AddSingleton(TimeProvider.System);
        var node = NodeKey.ReadOrCreate(config) is { } key ? KeyConfig.OfNode(key) : null;
        var settings = new CurrentSettings(GatewayReload.Of(config, node));
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<ILiveConfig>(services => new GatewayReload(settings, services.GetRequiredService<EvergrainClient>(), node));
        builder.Services.AddSingleton<GatewayMetrics>();
        builder.Services.AddSingleton<SourceNames>();
        builder.Services.AddSingleton<GatewayState>();
        builder.Services.AddSingleton<PredictionService>();
        builder.Services.AddSingleton<PredictionStream>();
        builder.Services.AddSingleton<EventIds>();
        builder.Services.AddSingleton(services => services.GetRequiredService<EvergrainClient>().Events);
        builder.Services.AddSingleton<EventStream>();
        builder.Services.AddEvergrainClient(ClientOptions(config));
        builder.Services.AddHostedService<GatewayLifecycle>();
        if (!config.Webhooks.IsEmpty) builder.Services.AddHostedService<WebhookService>();
        builder.AddSharingListeners(self.Listen, address => config.IsShared(self, address));
        builder.AddGatewayHttp(config);

        var app = builder.Build();
        app.UseGatewayHttp();
        await app.RunAsync().ConfigureAwait(false);
        return Environment.ExitCode;
    }

    private static EvergrainClientOptions ClientOptions(EvergrainConfig config) => new()
    {
        Silos = [.. config.Silos.Select(s => $"{s.Host}:{s.GatewayPort}")],
        ClusterId = config.Cluster.Id,
        Model = config.Model.Name,
        Deadline = config.Routing.Deadline,
        SuspectAfter = config.Routing.SuspectAfter,
        BatchTokens = config.Engine.BatchTokens > 0 ? config.Engine.BatchTokens : new EvergrainClientOptions().BatchTokens,
        Failover = config.Routing.Failover,
        TlsFolder = config.Tls.Folder,
        Tracing = config.Tracing.Otlp is not null,
    };
}
