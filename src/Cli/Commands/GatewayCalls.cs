using System.Net.Http.Headers;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

/// <summary>How this program's own calls to gateways and silos say who they are.</summary>
internal static class GatewayCalls
{
    /// <summary>For a user who may not read the node's key, and for gateways of other servers.</summary>
    private const string Variable = "EVERGRAIN_KEY";

    /// <summary>The key to send: the variable, else the node's own; null where there is neither.</summary>
    public static string? KeyFor(EvergrainConfig config)
        => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : NodeKey.Read(config);

    /// <param name="http">Calls nobody but gateways and silos.</param>
    /// <param name="key">Null: none is needed, or none is known.</param>
    public static void Authorize(this HttpClient http, string? key)
    {
        if (key is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }
}
