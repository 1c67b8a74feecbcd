using System.ComponentModel;
using Evergrain.Client;
using Evergrain.Gateway.Http;
using Evergrain.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Evergrain.Gateway.Cluster;

/// <summary>GET /v1/cluster and /v1/cluster/events.</summary>
internal static class ClusterEndpoints
{
    private const int MaxPicks = 64;
    private const string EventStreamType = "text/event-stream";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/cluster", ClusterAsync).WithMetadata(NeedsKey.Caller).WithTags("Cluster")
            .WithSummary("The cluster as this gateway sees it: state and why, silos with their loads, members, and why the last calls went where they went")
            .Produces<ClusterAnswer>().Produces<Problem>(422, "application/problem+json");
        routes.MapGet("/v1/cluster/events", EventsAsync).WithMetadata(NeedsKey.Caller).WithTags("Cluster")
            .WithSummary("The timeline of joins, losses, ejections and drains")
            .WithDescription("Server-Sent Events: first the kept events (at most 1,000), then each new one as it happens, with a comment every 10 s "
                + "between. The header Last-Event-ID goes before ?after=. An id of another gateway, or of an earlier start of this one, gives the whole "
                + "timeline. The stream ends when the gateway drains: read on at another one.")
            .Produces<EventAnswer[]>(200, "application/json", EventStreamType);
    }

    private static Task ClusterAsync(
        HttpContext context, EvergrainClient client, ProcessIdentity identity,
        [Description("How many of the last picks to show, 0 to 64.")] int picks = 20)
    {
        if (picks is < 0 or > MaxPicks) throw new ApiException(ErrorCode.Invalid, $"picks is {picks}; use 0 to {MaxPicks}.");
        var config = identity.Config;
        var names = config.Silos.DistinctBy(s => (s.Host, s.GatewayPort)).ToDictionary(s => $"{s.Host}:{s.GatewayPort}", s => s.Name);
        var answer = ClusterView.Build(identity.Name, config.Cluster.Id, client.Silos, names, client.RecentPicks, picks);
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(answer, ClusterJson.Default.ClusterAnswer, null, context.RequestAborted);
    }

    private static async Task EventsAsync(
        HttpContext context, EvergrainClient client, EventIds ids, EventStream stream, GatewayState state,
        [Description("The id of the last event that you have; left out: all.")] string? after = null,
        [Description("false: the kept events as a JSON array, no stream.")] bool follow = true)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        var number = ids.NumberOf(context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } last] ? last : after);
        if (!follow)
        {
            EventAnswer[] kept = [.. client.Events.Recent.Where(e => e.Id > number).Select(ids.ToAnswer)];
            await response.WriteAsJsonAsync(kept, ClusterJson.Default.IReadOnlyListEventAnswer, null, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        response.ContentType = EventStreamType;
        response.Headers["X-Accel-Buffering"] = "no"; // nginx would collect events until 4 KiB are full
        // Open for hours: neither a request that a drain must wait for, nor a duration that says anything.
        context.Features.GetRequiredFeature<AnswerInfo>().IsStream = true;
        state.Leave();
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics) metrics.MetricsDisabled = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, state.DrainStarted);
        try
        {
            await stream.WriteAsync(response.BodyWriter, number, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The reader left or takes nothing: its connection must not hold up the end of the process.
            context.Abort();
        }
    }
}
