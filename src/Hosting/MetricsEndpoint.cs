using Evergrain.Hosting.Reloading;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Evergrain.Hosting;

/// <summary>Metrics for Prometheus.</summary>
public static class MetricsEndpoint
{
    public const string Path = "/metrics";

    /// <summary>Answers <c>GET /metrics</c> in Prometheus' text format with the meters that
    /// <see cref="EvergrainProcess.CreateBuilder"/> was given.</summary>
    public static IEndpointConventionBuilder MapEvergrainMetrics(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.MapPrometheusScrapingEndpoint(Path);
    }

    internal static void AddEvergrainMetrics(this IServiceCollection services, ProcessIdentity identity, string[] meters)
        => services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                serviceName: $"evergrain-{identity.Kind}", serviceInstanceId: identity.Name))
            .WithMetrics(metrics => metrics
                .AddMeter([ReloadMetrics.MeterName, .. meters])
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
}
