using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;

namespace Evergrain.Hosting.Listening;

/// <summary>
/// Asks whoever answers on a shared address for its name. SO_REUSEPORT lets any process of the same user in: a process of
/// another cluster there would answer a share of our callers.
/// </summary>
internal sealed class NeighbourCheck(ProcessIdentity identity)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <exception cref="AddressInUseException">A process that is none of this cluster's of the same kind answers there.</exception>
    public async Task RequireOursAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Limit };
        var host = endpoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : endpoint.Address;
        Answer? answer;
        try
        {
            var body = await http.GetStringAsync(new Uri($"http://{new IPEndPoint(host, endpoint.Port)}/health/live"), cancellationToken).ConfigureAwait(false);
            answer = JsonSerializer.Deserialize<Answer>(body, JsonSerializerOptions.Web);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return; // Nobody listens.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return; // A frozen neighbour is no reason to stay away: then more than ever this process is needed.
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            answer = null;
        }

        var ours = answer?.Cluster == identity.Config.Cluster.Id && ProcessArguments.NamesOf(identity.Kind, identity.Config).Contains(answer.Name);
        if (!ours) throw new AddressInUseException($"{endpoint} is held by a process that is no {identity.Kind} of the cluster '{identity.Config.Cluster.Id}'.");
    }

    /// <summary>What GET /health/live tells.</summary>
    private sealed record Answer(string? Cluster, string? Name);
}
