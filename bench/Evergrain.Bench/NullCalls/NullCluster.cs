using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Evergrain.Bench.NullCalls;

/// <summary>A silo and, over a real connection on loopback, an Orleans client that knows it alone, as a channel does.</summary>
internal sealed class NullCluster : IAsyncDisposable
{
    private const string Id = "evergrain-bench";

    private readonly IHost _silo;
    private readonly IHost _client;

    private NullCluster(IHost silo, IHost client) => (_silo, _client) = (silo, client);

    public INullGrain Grain => _client.Services.GetRequiredService<IClusterClient>().GetGrain<INullGrain>("sentiment");

    public static async Task<NullCluster> StartAsync()
    {
        var (siloPort, gatewayPort) = (FreePort(), FreePort());
        var silo = Build(b => b.UseOrleans(o => o.UseLocalhostClustering(siloPort, gatewayPort, serviceId: Id, clusterId: Id)));
        await silo.StartAsync();
        var client = Build(b => b.UseOrleansClient(o => o
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gatewayPort))
            .Configure<ClusterOptions>(c => c.ClusterId = c.ServiceId = Id)));
        await client.StartAsync();
        return new NullCluster(silo, client);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.StopAsync();
        await _silo.StopAsync();
        _client.Dispose();
        _silo.Dispose();
    }

    private static IHost Build(Action<HostApplicationBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        configure(builder);
        return builder.Build();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
