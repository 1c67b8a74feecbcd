using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Evergrain.Hosting.Configuration;

/// <summary>A key that allows an operator's changes through a gateway. The file holds its hash only: who reads the file has no key.</summary>
public sealed record KeyConfig
{
    /// <summary>Whose it is; stands in the logs.</summary>
    public required string Name { get; init; }

    /// <summary>sha256 of the key's UTF-8, 32 bytes. A plain hash is enough: the keys that `evergrain key` makes are 256 random bits, which nobody guesses.</summary>
    public required ImmutableArray<byte> Sha256 { get; init; }

    internal static KeyConfig Read(ConfigSection section, int index)
    {
        var name = section.Text("name");
        if (name is not { Length: > 0 }) section.Report("name", "is missing; say whose key it is");
        section.OneOf("role", 0, ("operator", 0));
        var key = new KeyConfig { Name = name ?? "", Sha256 = Hash(section) };
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
