using System.Collections.Immutable;
using System.Text;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Silo.Admin;

/// <summary>What a request's key is worth on the admin port.</summary>
internal enum KeyVerdict
{
    /// <summary>The request carries none.</summary>
    Missing,

    /// <summary>The YAML does not know it.</summary>
    Wrong,

    /// <summary>A caller's: not enough here.</summary>
    Caller,

    /// <summary>An operator's.</summary>
    Operator,

    /// <summary>That of this server's own tools.</summary>
    Node,
}

/// <summary>Reads and judges the keys that come to the admin port: as Bearer or X-Api-Key from programs, as the password of HTTP Basic (RFC 7617) from browsers.</summary>
/// <param name="keys">Those of the YAML.</param>
/// <param name="node">The key of this server's own tools; null where there is none.</param>
internal sealed class OperatorKeys(ImmutableArray<KeyConfig> keys, string? node)
{
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";

    private ImmutableArray<KeyConfig> _keys = keys;
    private readonly ImmutableArray<KeyConfig> _node = node is null ? [] : [KeyConfig.OfNode(node)];

    /// <summary>The YAML has an operator's key: then the admin port asks for one.</summary>
    public bool Asked => _keys.Any(k => k.Role == KeyRole.Operator);

    /// <summary>From now on these: swapped whole, read without a lock.</summary>
    public void Replace(ImmutableArray<KeyConfig> with) => ImmutableInterlocked.InterlockedExchange(ref _keys, with);

    /// <summary>Whose key the request carries, and what it is worth. The name is null where it is nobody's.</summary>
    public (KeyVerdict Verdict, string? Name) Judge(IHeaderDictionary headers)
    {
        if (KeyOf(headers) is not { Length: > 0 } given) return (KeyVerdict.Missing, null);
        if (KeyConfig.Find(_node, given) is { } node) return (KeyVerdict.Node, node.Name);
        return KeyConfig.Find(_keys, given) switch
        {
            null => (KeyVerdict.Wrong, null),
            { Role: KeyRole.Operator } found => (KeyVerdict.Operator, found.Name),
            var caller => (KeyVerdict.Caller, caller.Name),
        };
    }

    private static string? KeyOf(IHeaderDictionary headers)
    {
        var authorization = headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return authorization[Bearer.Length..].Trim();
        if (authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)) return PasswordOf(authorization[Basic.Length..].Trim());
        return headers["X-Api-Key"].ToString().Trim();
    }

    /// <summary>What follows the first colon (the name before it may be any); null where it is none such.</summary>
    private static string? PasswordOf(string credentials)
    {
        var bytes = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials, bytes, out var written)) return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, written);
        return pair.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? pair[(colon + 1)..] : null;
    }
}
