using System.Collections.Immutable;
using Evergrain.Engine;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Lifecycle;

namespace Evergrain.Silo.Telemetry;

/// <summary>Where a silo's readings come from.</summary>
internal static class TelemetrySetup
{
    /// <summary>"auto" is nvidia-smi where a session runs on a CUDA device. With "nvidia-smi" its readings count for CPU sessions too, so that thresholds can be
    /// rehearsed anywhere: then all the devices that it lists.</summary>
    public static void AddDeviceTelemetry(this IServiceCollection services, SiloConfig silo)
    {
        var cuda = InferenceEngine.DevicesOf(silo.Devices).Where(device => device.StartsWith("cuda:", StringComparison.Ordinal)).ToImmutableHashSet();
        if (silo.Telemetry == "host" || (silo.Telemetry == "auto" && cuda.IsEmpty))
        {
            services.AddSingleton<IDeviceTelemetry>(provider => new HostTelemetry(
                () => provider.GetRequiredService<ServedEngine>().Devices, provider.GetRequiredService<TimeProvider>()));
            return;
        }

        services.AddSingleton(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var samples = new NvidiaSmiSamples(cuda, () => provider.GetRequiredService<ServedEngine>().Devices, time);
            return new NvidiaSmiTelemetry(
                samples, silo.Name, () => Environment.GetEnvironmentVariable("PATH"), time, provider.GetRequiredService<ILogger<NvidiaSmiTelemetry>>());
        });
        services.AddSingleton<IDeviceTelemetry>(provider => provider.GetRequiredService<NvidiaSmiTelemetry>());
        services.AddHostedService(provider => provider.GetRequiredService<NvidiaSmiTelemetry>());
    }
}
