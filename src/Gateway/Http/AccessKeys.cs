using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Http;

/// <summary>The keys of the YAML that allow changes. Only their hashes are known here.</summary>
internal sealed class OperatorKeys(ImmutableArray<KeyConfig> keys)
{
    private const string Bearer = "Bearer ";

    /// <returns>The name of the key that the request carries.</returns>
    /// <exception cref="ApiException">Unauthorized: no key, or an unknown one. Forbidden: the YAML has none.</exception>
    public string Require(HttpRequest request)
    {
        if (keys.IsEmpty) throw new ApiException(ErrorCode.Forbidden, "The YAML has no operator's key: make one with ./evergrain key NAME.");
        if (KeyOf(request) is not { Length: > 0 } given)
            throw new ApiException(ErrorCode.Unauthorized, "This needs an operator's key: send 'Authorization: Bearer KEY'.");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(given));
        // Every key is looked at, in constant time each: how long it takes tells nothing.
        var found = keys.Aggregate((string?)null, (name, key) => CryptographicOperations.FixedTimeEquals(key.Sha256.AsSpan(), hash) ? key.Name : name);
        return found ?? throw new ApiException(ErrorCode.Unauthorized, "No operator's key of the YAML is this one.");
    }

    private static string? KeyOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : request.Headers["X-Api-Key"].ToString().Trim();
    }
}
