using System.Net;
using Evergrain.Hosting;

namespace Evergrain.WebUI;

/// <summary>Measurements are for this server's own monitoring: who comes from elsewhere finds none.</summary>
internal sealed class LocalMetrics(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments(MetricsEndpoint.Path) || context.Connection.RemoteIpAddress is not { } caller || IPAddress.IsLoopback(caller)) return next(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
