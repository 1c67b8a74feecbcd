using System.Collections.Immutable;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Http;

/// <summary>The keys of the YAML, and this node's own. Only their hashes are known here.</summary>
internal sealed class AccessKeys(ImmutableArray<KeyConfig> keys, KeyConfig? node = null)
{
    private const string Bearer = "Bearer ";

    private readonly ImmutableArray<KeyConfig> _all = node is null ? keys : keys.Add(node);

    /// <summary>A caller's key is in the YAML: then every call needs one.</summary>
    public bool Closed { get; } = keys.Any(k => k.Role == KeyRole.Caller);

    /// <summary>The key that the request carries; null where it carries none and needs none.</summary>
    /// <exception cref="ApiException">Unauthorized: none, or an unknown one. Forbidden: not for that role, or the YAML has none for it.</exception>
    public KeyConfig? Require(HttpRequest request, NeedsKey needs)
    {
        var given = KeyOf(request);
        var found = given is { Length: > 0 } ? KeyConfig.Find(_all, given) : null;
        if (!Closed && needs.OnlyWhereClosed) return found;
        if (needs.Role == KeyRole.Operator && !_all.Any(k => k.Role == KeyRole.Operator))
            throw new ApiException(ErrorCode.Forbidden, "The YAML has no operator's key: make one with ./evergrain key NAME --role operator.");
        if (found is null)
        {
            throw new ApiException(ErrorCode.Unauthorized, given is { Length: > 0 }
                ? "No key of the YAML is this one."
                : "This needs a key: send 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'.");
        }

        if (found.Role < needs.Role) throw new ApiException(ErrorCode.Forbidden, $"The key '{found.Name}' is a caller's: this needs an operator's.");
        return found;
    }

    private static string? KeyOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : request.Headers["X-Api-Key"].ToString().Trim();
    }
}

/// <summary>What an endpoint asks of a request's key. Endpoints without it are open: health and the API's description.</summary>
/// <param name="Role">The least role.</param>
/// <param name="OnlyWhereClosed">Open while the YAML has no caller's key.</param>
internal sealed record NeedsKey(KeyRole Role, bool OnlyWhereClosed)
{
    /// <summary>Predictions and the view of the cluster.</summary>
    public static readonly NeedsKey Caller = new(KeyRole.Caller, true);

    /// <summary>What is nobody's business but the operators', in a closed service.</summary>
    public static readonly NeedsKey OperatorWhereClosed = new(KeyRole.Operator, true);

    /// <summary>Changes.</summary>
    public static readonly NeedsKey Operator = new(KeyRole.Operator, false);
}
