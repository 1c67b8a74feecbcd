using System.Text.Json;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;

namespace Evergrain.WebUI;

/// <summary>GET /config.json, /report, /health/live and /health/ready.</summary>
internal static class HostEndpoints
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static void Map(WebApplication app, WebUiConfig self)
    {
        app.MapGet("/config.json", (HttpContext context, ProcessIdentity identity)
            => Answer(context, PageConfig.Of(identity, PageHeaders.Origin(context.Request))));
        app.MapGet("/health/live", (HttpContext context, ProcessIdentity identity)
            => Answer(context, new { status = "live", cluster = identity.Config.Cluster.Id, name = self.Name }));
        app.MapGet("/health/ready", (HttpContext context, HostState state)
            => Answer(context, new { status = state.Draining ? "draining" : "ready" }, state.Draining ? 503 : 200));
        app.MapGet("/report", ReportAsync);
    }

    private static IResult Answer(HttpContext context, object answer, int status = 200)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(answer, Json, statusCode: status);
    }

    private static IResult ReportAsync(HttpContext context, DrillReports reports)
    {
        if (reports.Newest is not { } file) return Results.NotFound();
        context.Response.Headers.CacheControl = "no-cache";
        return Results.File(file.FullName, "text/html; charset=utf-8", lastModified: file.LastWriteTimeUtc);
    }
}
