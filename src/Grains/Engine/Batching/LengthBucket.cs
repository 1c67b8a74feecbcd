using System.Numerics;

namespace Evergrain.Engine.Batching;

/// <summary>Texts by length, each bucket twice as wide as the one before: a token costs more in a long text (attention reads all the others), and few
/// short texts leave a device half idle.</summary>
internal static class LengthBucket
{
    /// <summary>Up to 16, 32, 64, 128 and 256 tokens, and more.</summary>
    public const int Count = 6;

    private const int FirstBits = 4;

    /// <summary>The bucket of a text.</summary>
    /// <param name="tokens">[CLS] and [SEP] included, at least 1.</param>
    public static int Of(int tokens) => Math.Clamp(BitOperations.Log2((uint)tokens - 1 | 1) + 1 - FirstBits, 0, Count - 1);
}
