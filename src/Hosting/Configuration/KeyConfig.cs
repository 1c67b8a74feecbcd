using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Evergrain.Hosting.Configuration;

/// <summary>What a key is good for. A later one may do what an earlier one may.</summary>
public enum KeyRole
{
    /// <summary>Predictions, and a look at the cluster.</summary>
    Caller,

    /// <summary>Drain, undrain and metrics, too.</summary>
    Operator,
}

/// <summary>A key of the HTTP API. The file holds its hash only: who reads the file has no key.</summary>
public sealed record KeyConfig
{
    /// <summary>Whose it is; stands in the logs.</summary>
    public required string Name { get; init; }

    public KeyRole Role { get; init; }

    /// <summary>sha256 of the key's UTF-8, 32 bytes. A plain hash is enough: the keys that `evergrain key` makes are 256 random bits, which nobody guesses.</summary>
    public required ImmutableArray<byte> Sha256 { get; init; }

    /// <summary>Requests a second at each gateway; 0: no limit.</summary>
    public int Rate { get; init; }

    /// <summary>Requests at once, after a quiet time.</summary>
    public int Burst { get; init; }

    /// <summary>The key with which a node's own tools call its gateways.</summary>
    public static KeyConfig OfNode(string key) => new() { Name = "node", Role = KeyRole.Operator, Sha256 = [.. SHA256.HashData(Encoding.UTF8.GetBytes(key))] };

    /// <summary>Whose key <paramref name="given"/> is; null where it is none of <paramref name="keys"/>. Every key is looked at, in constant time each: how long it takes
    /// tells nothing.</summary>
    public static KeyConfig? Find(ImmutableArray<KeyConfig> keys, string given)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(given));
        return keys.Aggregate((KeyConfig?)null, (found, key) => CryptographicOperations.FixedTimeEquals(key.Sha256.AsSpan(), hash) ? key : found);
    }

    internal static KeyConfig Read(ConfigSection section, int index)
    {
        var name = section.Text("name");
        if (name is not { Length: > 0 }) section.Report("name", "is missing; say whose key it is");
        var rate = section.Number("rate", 0, 0, 1_000_000);
        var key = new KeyConfig
        {
            Name = name ?? "",
            Role = section.OneOf("role", KeyRole.Caller, ("caller", KeyRole.Caller), ("operator", KeyRole.Operator)),
            Sha256 = Hash(section),
            Rate = rate,
            Burst = section.Number("burst", 2 * rate, 0, 1_000_000),
        };
        section.Close();
        return key;
    }

    private static ImmutableArray<byte> Hash(ConfigSection section)
    {
        var bytes = new byte[SHA256.HashSizeInBytes];
        if (section.Text("sha256") is { } text && text.Length == 2 * bytes.Length && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done)
            return [.. bytes];
        section.Report("sha256", "is no sha256; ./evergrain key NAME makes a key and the line that belongs here");
        return [];
    }
}
