using System.Net;
using System.Net.Sockets;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Admin;
using Evergrain.Silo.Membership;
using Evergrain.Tls;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;
using Orleans.Runtime.GrainDirectory;

namespace Evergrain.Silo;

/// <summary>Orleans as this service needs it: fast to see a dead silo, never dependent on another one for a call.</summary>
internal static class OrleansSetup
{
    public static void Configure(ISiloBuilder orleans, EvergrainConfig config, SiloConfig silo)
    {
        orleans.UseAdoNetClustering((AdoNetClusteringSiloOptions options) => MembershipDatabase.Configure(config.Cluster, options));
        ObservedMembershipTable.Wrap(orleans.Services);
        DeferredDashboard.Add(orleans);
        orleans.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = config.Cluster.Id);
        orleans.Configure<SiloOptions>(options => options.SiloName = silo.Name);
        orleans.Configure<EndpointOptions>(options => ConfigureEndpoints(options, silo));
        orleans.Configure<ClusterMembershipOptions>(ConfigureMembership);
        orleans.Configure<SiloMessagingOptions>(ConfigureMessaging);
        orleans.Services.AddSingleton<IGrainDirectoryResolver, OwnSiloDirectory>();
        if (config.Tracing.Otlp is not null) orleans.AddActivityPropagation();
        if (config.Tls.Folder is { } folder) UseTls(orleans, MutualTls.Load(folder, TlsRole.Silo, TimeProvider.System));
    }

    /// <summary>Onto the silo port come silos only; onto the gateway port whoever has a certificate of the authority.</summary>
    private static void UseTls(ISiloBuilder orleans, MutualTls tls) => orleans.Configure<SiloConnectionOptions>(options =>
    {
        options.ConfigureSiloInboundConnection(c => c.Use(next => tls.Server(next, silosOnly: true, LoggerOf(c))));
        options.ConfigureSiloOutboundConnection(c => c.Use(next => tls.Client(next, LoggerOf(c))));
        options.ConfigureGatewayInboundConnection(c => c.Use(next => tls.Server(next, silosOnly: false, LoggerOf(c))));
    });

    private static ILogger LoggerOf(IConnectionBuilder connection) => connection.ApplicationServices.GetRequiredService<ILogger<MutualTls>>();

    internal static void ConfigureMembership(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = TimeSpan.FromSeconds(1);
        options.MinProbeTimeout = TimeSpan.FromSeconds(0.5);
        // Its default is 4 × ProbeTimeout, and votes are suppressed for three times this after the last message of a silo: with the
        // default a frozen silo lived for 12.3 s, with this 3.1 s.
        options.MaxProbeTimeout = TimeSpan.FromSeconds(1);
        options.NumMissedProbesLimit = 3;
        // A thawed silo learns within this time that it was declared dead.
        options.TableRefreshTimeout = TimeSpan.FromSeconds(3);
        // A silo that starts alone waits three times this for the rows of the dead to grow stale.
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(3);
    }

    internal static void ConfigureMessaging(SiloMessagingOptions options)
    {
        options.ClientGatewayShutdownNotificationTimeout = TimeSpan.FromSeconds(1);
        // The dashboard's grains are in the common directory: no call to one waits longer than this for a part that a frozen silo holds.
        options.PlacementTimeout = TimeSpan.FromSeconds(3);
    }

    internal static void ConfigureEndpoints(EndpointOptions options, SiloConfig silo)
    {
        var advertised = Resolve(silo);
        // An advertised address may belong to a NAT or a container's host, where it cannot be listened on.
        var listen = IPAddress.IsLoopback(advertised) ? advertised
            : advertised.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;

        options.AdvertisedIPAddress = advertised;
        options.SiloPort = silo.SiloPort;
        options.GatewayPort = silo.GatewayPort;
        options.SiloListeningEndpoint = new(listen, silo.SiloPort);
        options.GatewayListeningEndpoint = new(listen, silo.GatewayPort);
    }

    private static IPAddress Resolve(SiloConfig silo)
    {
        if (IPAddress.TryParse(silo.Host, out var address)) return address;
        try
        {
            var addresses = Dns.GetHostAddresses(silo.Host);
            return addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
        }
        catch (SocketException e)
        {
            throw new InvalidOperationException(
                $"The host \"{silo.Host}\" of {silo.Name} has no address ({e.Message}); give an address or a name that resolves here.", e);
        }
    }
}
