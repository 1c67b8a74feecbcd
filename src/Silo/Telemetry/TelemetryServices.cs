using System.Collections.Immutable;
using System.Globalization;
using Evergrain.Engine;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Lifecycle;

namespace Evergrain.Silo.Telemetry;

/// <summary>The choice of the readings' source.</summary>
internal static class TelemetryServices
{
    private const string CudaPrefix = "cuda:";

    public static void AddDeviceTelemetry(this IServiceCollection services, SiloConfig silo)
    {
        if (!UsesNvidiaSmi(silo))
        {
            services.AddSingleton<IDeviceTelemetry>(provider => new HostTelemetry(
                () => provider.GetRequiredService<ServedEngine>().Devices, provider.GetRequiredService<TimeProvider>()));
            return;
        }

        services.AddSingleton(provider =>
        {
            var (engine, time) = (provider.GetRequiredService<ServedEngine>(), provider.GetRequiredService<TimeProvider>());
            var readings = new NvidiaSmiReadings(CudaIndexes(silo), () => engine.Devices, time);
            return new NvidiaSmiTelemetry(
                silo.Name, readings, () => Environment.GetEnvironmentVariable("PATH"), time, provider.GetRequiredService<ILogger<NvidiaSmiTelemetry>>());
        });
        services.AddSingleton<IDeviceTelemetry>(provider => provider.GetRequiredService<NvidiaSmiTelemetry>());
        services.AddHostedService(provider => provider.GetRequiredService<NvidiaSmiTelemetry>());
    }

    internal static bool UsesNvidiaSmi(SiloConfig silo) => silo.Telemetry switch
    {
        "nvidia-smi" => true,
        "host" => false,
        _ => !CudaIndexes(silo).IsEmpty,
    };

    /// <summary>nvidia-smi's numbers of the CUDA devices among a silo's.</summary>
    internal static ImmutableArray<int> CudaIndexes(SiloConfig silo) =>
    [
        .. InferenceEngine.DevicesOf(silo.Devices).Where(device => device.StartsWith(CudaPrefix, StringComparison.Ordinal))
            .Select(device => int.TryParse(device.AsSpan(CudaPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1)
            .Where(index => index >= 0),
    ];
}
