using Evergrain.Client;
using Evergrain.Hosting;

namespace Evergrain.Gateway.Http;

/// <summary>GET /health, /api-health, /health/live and /health/ready.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        Describe(routes.MapGet("/health", HealthAsync), "healthy where a prediction would be answered");
        Describe(routes.MapGet("/api-health", HealthAsync), "The same as /health");
        Describe(routes.MapGet("/health/ready", ReadyAsync), "ready where this gateway takes work");
        routes.MapGet("/health/live", LiveAsync).WithTags("Health").WithSummary("live while the process answers").Produces<HealthAnswer>();
    }

    private static Task HealthAsync(HttpContext context, GatewayState state)
        => WriteAsync(context, state.Ready, new HealthAnswer { Status = state.Ready ? "healthy" : "unhealthy" });

    private static Task ReadyAsync(HttpContext context, GatewayState state, EvergrainClient client)
        => WriteAsync(context, state.Ready, new HealthAnswer
        {
            Status = state.Draining ? "draining" : state.Ready ? "ready" : "unready",
            Reason = state.Ready || state.Draining ? null : Why(client),
        });

    private static Task LiveAsync(HttpContext context, ProcessIdentity identity)
        => WriteAsync(context, true, new HealthAnswer { Status = "live", Cluster = identity.Config.Cluster.Id, Name = identity.Name });

    private static string Why(EvergrainClient client) => "no silo takes work: " + string.Join(", ", client.Silos.Select(s =>
        $"{s.Name} {(!s.Connected ? "is not connected" : s.Suspect ? "is suspect" : $"is {s.Report?.State}")}"));

    private static Task WriteAsync(HttpContext context, bool good, HealthAnswer answer)
    {
        context.Response.StatusCode = good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        if (!good) context.Response.Headers.RetryAfter = "1";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(answer, ApiJson.Default.HealthAnswer, null, context.RequestAborted);
    }

    private static void Describe(RouteHandlerBuilder route, string summary)
        => route.WithTags("Health").WithSummary(summary).Produces<HealthAnswer>().Produces<HealthAnswer>(503);
}
