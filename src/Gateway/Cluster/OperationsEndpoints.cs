using Evergrain.Client;
using Evergrain.Gateway.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Evergrain.Gateway.Cluster;

/// <summary>POST /v1/cluster/silos/NAME/drain and undrain, for operators only.</summary>
internal static class OperationsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        Describe(routes.MapPost("/v1/cluster/silos/{name}/drain", DrainAsync), "Take a silo out of service: it finishes what it has, its process stays");
        Describe(routes.MapPost("/v1/cluster/silos/{name}/undrain", UndrainAsync), "Put a drained silo back in service");
    }

    private static async Task DrainAsync(string name, HttpContext context, EvergrainClient client)
    {
        await client.DrainAsync(name, context.Features.GetRequiredFeature<AccessControl.Caller>().Key.Name, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task UndrainAsync(string name, HttpContext context, EvergrainClient client)
    {
        await client.UndrainAsync(name, context.Features.GetRequiredFeature<AccessControl.Caller>().Key.Name, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static void Describe(RouteHandlerBuilder route, string summary)
    {
        route.WithMetadata(NeedsKey.Operator).WithTags("Cluster").WithSummary(summary)
            .WithDescription("Needs an operator's key of the YAML: 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'. ./evergrain key NAME makes one.")
            .Produces(204);
        foreach (var status in new[] { 401, 403, 404, 409, 503 }) route.Produces<Problem>(status, "application/problem+json");
    }
}
