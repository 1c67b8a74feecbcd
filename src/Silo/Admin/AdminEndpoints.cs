using System.Text.Json.Serialization.Metadata;
using Evergrain.Hosting;
using Evergrain.Silo.Lifecycle;
using Evergrain.Silo.LoadReports;
using Evergrain.Silo.Membership;
using Evergrain.Silo.Telemetry;
using Microsoft.AspNetCore.Http.HttpResults;
using Orleans.Dashboard;

namespace Evergrain.Silo.Admin;

/// <summary>Health, status, drain, metrics and dashboard of a silo, on loopback only. Where the YAML has an operator's key, all but the first two ask for one.</summary>
internal static class AdminEndpoints
{
    public static void Map(WebApplication app)
    {
        var identity = app.Services.GetRequiredService<ProcessIdentity>();
        var host = app.Services.GetRequiredService<EngineHost>();
        var membership = app.Services.GetRequiredService<MembershipView>();
        var health = app.Services.GetRequiredService<MembershipHealth>();
        var models = app.Services.GetRequiredService<ModelSwitch>();
        var telemetry = app.Services.GetRequiredService<IDeviceTelemetry>();
        var neighbours = app.Services.GetRequiredService<Neighbours>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        // Its gauges exist from the start, not from the first call on.
        app.Services.GetRequiredService<SiloMetrics>();

        app.UseMiddleware<OperatorLogin>();
        var open = app.MapGroup("").WithMetadata(OperatorLogin.Open);
        open.MapGet("/health/live", () => Json(
            new LiveAnswer("live", identity.Config.Cluster.Id, identity.Name), AdminJson.Default.LiveAnswer));

        open.MapGet("/health/ready", () => host.Condition is { State: SiloState.Ready }
            ? Json(new ReadyAnswer("ready", null), AdminJson.Default.ReadyAnswer)
            : Json(ReadyAnswer.Of(host.Condition), AdminJson.Default.ReadyAnswer, StatusCodes.Status503ServiceUnavailable));

        open.MapGet("/health", async () =>
        {
            var next = await neighbours.ReadAsync();
            var answer = HealthAnswer.Of(time.GetUtcNow(), identity.Name, host.State, telemetry.Source, telemetry.Current, next);
            return Json(
                answer, HealthJson.Default.HealthAnswer,
                answer.OverallHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });

        open.MapGet("/status", () => Json(
            StatusAnswer.Of(
                host.CurrentReport(), models.Path, membership.Members, health.Error, TelemetryAnswer.Of(telemetry.Source, telemetry.Current)),
            AdminJson.Default.StatusAnswer));

        DrainEndpoints.Map(app);
        ModelEndpoints.Map(app);

        app.MapOrleansDashboard("/dashboard");
        app.MapEvergrainMetrics();
    }

    private static JsonHttpResult<T> Json<T>(T answer, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
        => TypedResults.Json(answer, type, statusCode: status);
}
