using System.Collections.Immutable;
using Evergrain.Client.Dispatching;

namespace Evergrain.UnitTests.Client.Dispatching;

public class ChunksTests
{
    [Theory]
    [InlineData(new[] { 8 }, new[] { 1 })]
    [InlineData(new[] { 8, 8, 8 }, new[] { 2, 1 })] // 10 tokens each, 20 a chunk
    [InlineData(new[] { 100, 1, 1 }, new[] { 1, 2 })] // a long one rides alone
    [InlineData(new[] { 1, 100, 1 }, new[] { 1, 1, 1 })]
    public void Cut_TwentyTokens_NeighboursInOrder(int[] lengths, int[] counts)
    {
        var texts = lengths.Select(n => new string('好', n)).ToImmutableArray();
        var chunks = Chunks.Cut(texts, 20);
        Assert.Equal(counts, chunks.Select(c => c.GetOffsetAndLength(texts.Length).Length));
        Assert.Equal(texts, chunks.SelectMany(c => texts[c]));
    }
}
