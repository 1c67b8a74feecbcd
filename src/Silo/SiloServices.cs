using System.Net;
using Evergrain.Engine;
using Evergrain.Grains;
using Evergrain.Hosting;
using Evergrain.Hosting.Reloading;
using Evergrain.Silo.Admin;
using Evergrain.Silo.Lifecycle;
using Evergrain.Silo.LoadReports;
using Evergrain.Silo.Membership;
using Evergrain.Silo.Poison;
using Evergrain.Silo.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Evergrain.Silo;

/// <summary>Everything that a silo's host holds.</summary>
internal static class SiloServices
{
    public static void AddSilo(this WebApplicationBuilder builder, ProcessIdentity identity)
    {
        var silo = identity.Config.Silos.Single(s => s.Name == identity.Name);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(identity);
        services.AddSingleton(provider
            => new SiloIdentity(silo.Name, provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.Generation));

        services.AddSingleton<MembershipHealth>();
        services.AddSingleton<ServedEngine>();
        services.AddDeviceTelemetry(silo);
        services.AddSingleton<EngineHost>();
        services.AddSingleton<IEngineHost>(provider => provider.GetRequiredService<EngineHost>());
        services.AddSingleton(EngineSettings.For(identity.Config, silo, Environment.ProcessorCount));
        services.TryAddSingleton<OpenEngine>(InferenceEngine.OpenAsync);
        services.AddSingleton(provider => new DeviceFailures(
            Path.Combine(identity.Config.StateFolder, "devices", $"{silo.Name}.json"),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DeviceFailures>>()));
        services.AddSingleton<DeviceExit>();
        services.AddSingleton<EngineOpener>();
        services.AddSingleton<ModelSwitch>();
        services.AddSingleton<ILiveConfig, SiloReload>();
        services.AddSingleton<LoadReportPublisher>();
        services.AddSingleton<MembershipView>();
        services.AddSingleton<PoisonList>();
        services.AddSingleton<AlonePlace>();
        services.AddSingleton<SiloMetrics>();
        services.AddSingleton(new OperatorKeys(identity.Config.Keys, NodeKey.ReadOrCreate(identity.Config)));
        services.AddSingleton(_ => new WrongTries(WrongTries.OneMoreAfter));
        services.AddSingleton(provider => Neighbours.Of(identity.Config, silo, provider.GetRequiredService<TimeProvider>()));

        // The admin port answers while the silo is still joining, which takes seconds where a dead one has to be evicted first.
        services.Configure<HostOptions>(options => options.ServicesStartConcurrently = true);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, silo.AdminPort));
        // Before Orleans' own filters: what is refused is no call of a grain to anybody.
        services.AddSingleton<IIncomingGrainCallFilter, CallerFilter>();
        builder.UseOrleans(orleans => OrleansSetup.Configure(orleans, identity.Config, silo));
        services.AddSingleton<IIncomingGrainCallFilter, PredictionFilter>();

        // Stopped in the reverse order, each after the whole of the drain.
        services.AddHostedService<ReportPump>();
        services.AddHostedService<MembershipWatcher>();
        services.AddHostedService<MembershipProbe>();
        services.AddHostedService<EngineLoader>();
        services.AddSingleton<SiloDrain>();
        services.AddSingleton<DrainOnStop>();
        services.AddHostedService(provider => provider.GetRequiredService<DrainOnStop>());
    }
}
