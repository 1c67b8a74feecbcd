using Evergrain.Engine;
using Evergrain.Silo.Lifecycle;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Evergrain.Silo.Admin;

/// <summary>POST /model/use {"path"}: another model, without a gap. 422 where it is refused, 409 where this silo cannot change now; both leave all as it was.</summary>
internal static class ModelEndpoints
{
    public static void Map(WebApplication app) => app.MapPost("/model/use", UseAsync);

    private static async Task<IResult> UseAsync(HttpContext context, UseModel wanted, EngineHost host, ModelSwitch models, IHostApplicationLifetime lifetime)
    {
        if (context.Request.Headers[DrainEndpoints.Header] != "1") return Error($"send the header {DrainEndpoints.Header}: 1", StatusCodes.Status403Forbidden);
        if (!Path.IsPathFullyQualified(wanted.Path ?? "")) return Error("'path' is no absolute folder", StatusCodes.Status422UnprocessableEntity);
        if (host.State is not (SiloState.Ready or SiloState.Draining))
            return Error($"this silo is {Names.Of(host.State)}: it serves no model that could be changed", StatusCodes.Status409Conflict);
        try
        {
            // Ends as it began even where the caller leaves.
            var (before, path, now) = await models.UseAsync(Path.GetFullPath(wanted.Path!), lifetime.ApplicationStopping);
            return TypedResults.Json(
                new ModelUsed(now.Name, now.Version, now.Hash, before.Version, before.Hash, path), AdminJson.Default.ModelUsed);
        }
        catch (ModelRefusedException e)
        {
            return Error(e.Message, StatusCodes.Status422UnprocessableEntity);
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException)
        {
            return Error(e.Message, StatusCodes.Status409Conflict);
        }
    }

    private static JsonHttpResult<ErrorAnswer> Error(string error, int status)
        => TypedResults.Json(new ErrorAnswer(error), AdminJson.Default.ErrorAnswer, statusCode: status);
}

/// <summary>Body of POST /model/use.</summary>
internal sealed record UseModel(string? Path);

/// <summary>Its answer.</summary>
internal sealed record ModelUsed(string Name, string Version, string Hash, string PreviousVersion, string PreviousHash, string PreviousPath);
