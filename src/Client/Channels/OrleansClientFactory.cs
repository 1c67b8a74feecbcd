using Evergrain.Tls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Evergrain.Client.Channels;

/// <summary>
/// Builds one Orleans client that knows one silo. A client of several gateways spreads even the calls that are meant for a
/// healthy silo over a frozen one; a client of one is the public way to choose the silo, one hop away.
/// </summary>
internal static class OrleansClientFactory
{
    private static readonly TimeSpan ConnectionRetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>A started client: returns when the silo has answered for the first time.</summary>
    public static async Task<IHost> StartAsync(
        SiloEndpoint endpoint, ChannelContext channel, ConnectionWatch watch, CancellationToken cancellationToken)
    {
        var address = await endpoint.ResolveAsync(cancellationToken).ConfigureAwait(false);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        QuietOrleansLogs.Add(builder.Logging, channel.Loggers);
        // Without this the channel's host would take SIGTERM for itself and stop before its owner has drained.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(address);
            if (channel.Options.Tracing) client.AddActivityPropagation();
            client.Configure<ClusterOptions>(o => o.ClusterId = o.ServiceId = channel.Options.ClusterId);
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(10));
            client.Configure<ConnectionOptions>(o =>
            {
                o.OpenConnectionTimeout = TimeSpan.FromSeconds(1);
                o.ConnectionRetryDelay = ConnectionRetryDelay;
            });
            client.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
            client.Configure<ClientConnectionOptions>(o => o.ConfigureConnection(c =>
            {
                // Outside of TLS: the end of the bare connection is the earliest sign of a loss.
                c.Use(next => context => watch.RunAsync(context, next));
                if (channel.Tls is { } tls) c.Use(next => tls.Client(next, channel.Loggers.CreateLogger<MutualTls>()));
            }));
            client.UseConnectionRetryFilter(async (_, stop) =>
            {
                try
                {
                    await Task.Delay(ConnectionRetryDelay, channel.Time, stop).ConfigureAwait(false);
                    return true;
                }
                catch (OperationCanceledException)
                {
                    return false;
                }
            });
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
