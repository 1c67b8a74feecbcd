using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Evergrain.Hosting;

/// <summary>Traces for a collector: a request's way from HTTP over the channel and the grain to the batch that it rode in. No text is in any of them.</summary>
internal static class Tracing
{
    /// <summary>Our own sources, and Orleans' for grain calls.</summary>
    private static readonly string[] Sources = ["Evergrain.*", "Microsoft.Orleans.Application"];

    /// <summary>Looked at every second by machines: not worth a trace.</summary>
    private static readonly string[] Unasked = ["/health", "/api-health", "/metrics", "/status"];

    public static void AddEvergrainTracing(this IServiceCollection services, ProcessIdentity identity)
    {
        if (identity.Config.Tracing is not { Otlp: { } collector } tracing) return;
        services.AddOpenTelemetry().WithTracing(traces => traces
            .ConfigureResource(resource => resource.AddService(serviceName: $"evergrain-{identity.Kind}", serviceInstanceId: identity.Name))
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(tracing.Ratio)))
            .AddSource(Sources)
            .AddAspNetCoreInstrumentation(options => options.Filter = context => !Array.Exists(Unasked, path => context.Request.Path.StartsWithSegments(path)))
            .AddOtlpExporter(options =>
            {
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
                options.Endpoint = new Uri(collector, "/v1/traces");
            }));
    }
}
