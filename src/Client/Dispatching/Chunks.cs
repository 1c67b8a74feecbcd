using System.Collections.Immutable;

namespace Evergrain.Client.Dispatching;

/// <summary>Cuts a batch call into chunks of about equal work.</summary>
internal static class Chunks
{
    /// <summary>Runs of neighbours of at most <paramref name="tokens"/> estimated tokens each (a longer text rides alone), in order.</summary>
    public static ImmutableArray<Range> Cut(ImmutableArray<string> texts, int tokens)
    {
        var chunks = ImmutableArray.CreateBuilder<Range>();
        var start = 0;
        var sum = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            var size = TokenEstimate.Of(texts[i]);
            if (i > start && sum + size > tokens)
            {
                chunks.Add(start..i);
                start = i;
                sum = 0;
            }

            sum += size;
        }

        if (start < texts.Length) chunks.Add(start..texts.Length);
        return chunks.ToImmutable();
    }
}
