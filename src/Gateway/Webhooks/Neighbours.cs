using System.Collections.Immutable;
using System.Text.Json;
using Evergrain.Gateway.Cluster;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks;

/// <summary>What a gateway that stands earlier in the YAML shows of its timeline.</summary>
/// <param name="Stamp">Which start of it.</param>
/// <param name="Events">Its kept events, each with its age by that gateway's own clock.</param>
internal sealed record NeighbourTimeline(string Stamp, ImmutableArray<(EventAnswer Event, TimeSpan Age)> Events);

/// <summary>Asks the gateways that stand earlier in the YAML.</summary>
internal interface INeighbours
{
    /// <summary>Those that answered in time and have events, in order.</summary>
    Task<ImmutableArray<NeighbourTimeline>> AskAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Asks each gateway at an address of its own. An address that turns out to be somebody else's, and any doubt, counts as no answer.
/// </summary>
internal sealed class Neighbours(EvergrainConfig config, string self, HttpClient http, TimeProvider time) : INeighbours
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly ImmutableArray<(string Name, Uri Address)> _earlier = Earlier(config, self);

    public async Task<ImmutableArray<NeighbourTimeline>> AskAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(_earlier.Select(g => AskAsync(g.Name, g.Address, cancellationToken))).ConfigureAwait(false);
        return [.. answers.OfType<NeighbourTimeline>()];
    }

    /// <summary>The address by which this gateway reaches exactly that one: on its own node any that is not shared, elsewhere one that is
    /// not bound to loopback or to every address.</summary>
    internal static ImmutableArray<(string Name, Uri Address)> Earlier(EvergrainConfig config, string self)
    {
        var node = config.Gateways.Single(g => g.Name == self).Node;
        return
        [
            .. config.Gateways.TakeWhile(g => g.Name != self)
                .Select(g => (g.Name, Address: g.Node == node ? config.OwnAddress(g) : Reachable(config, g)))
                .Where(g => g.Address is not null).Select(g => (g.Name, g.Address!)),
        ];
    }

    private static Uri? Reachable(EvergrainConfig config, GatewayConfig gateway)
        => gateway.Listen.FirstOrDefault(a => !config.IsShared(gateway, a) && !a.IsLoopback && a.Host is not ("0.0.0.0" or "[::]")) ?? gateway.Public;

    private async Task<NeighbourTimeline?> AskAsync(string name, Uri address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await http.GetAsync(new Uri(address, "/v1/cluster/events?follow=false"), either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode || response.Headers.Date is not { } now) return null;
            var events = JsonSerializer.Deserialize(
                await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false), ClusterJson.Default.IReadOnlyListEventAnswer);
            return events is { Count: > 0 } && events.All(e => e.Gateway == name)
                ? new NeighbourTimeline(EventIds.StampOf(events[^1].Id), [.. events.Select(e => (e, now - e.At))])
                : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null; // Dead, frozen, cut off or none of ours: it tells nobody anything.
        }
    }
}
