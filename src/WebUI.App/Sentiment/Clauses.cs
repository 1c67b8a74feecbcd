using System.Buffers;
using System.Collections.Immutable;

namespace Evergrain.WebUI.App.Sentiment;

/// <summary>Cuts a review into clauses, so that a mixed one shows where it turns.</summary>
internal static class Clauses
{
    /// <summary>Of one text at most: the rest stays one clause.</summary>
    public const int Most = 40;

    private static readonly SearchValues<char> Ends = SearchValues.Create("，。！？；、…,!?;\n\r");
    private static readonly string[] Turns = ["但是", "不过", "可是", "然而", " but ", " however "];

    /// <summary>The clauses in order, each with the punctuation behind it; together they are the text. A text of one clause gives one.</summary>
    public static ImmutableArray<string> Of(string text)
    {
        var parts = ImmutableArray.CreateBuilder<string>();
        var start = 0;
        for (var i = 0; i < text.Length && parts.Count < Most - 1; i++)
        {
            if (!EndsAt(text, i) && !TurnsAt(text, i + 1)) continue;
            while (i + 1 < text.Length && (EndsAt(text, i + 1) || text[i + 1] == ' ')) i++;
            // "3,5" is a number, and two words alone say nothing.
            if (Words(text.AsSpan(start, i + 1 - start)) < 2) continue;
            parts.Add(text[start..(i + 1)]);
            start = i + 1;
        }

        if (start < text.Length)
        {
            // What is left may be too little to stand alone.
            if (Words(text.AsSpan(start)) < 2 && parts.Count > 0) parts[^1] += text[start..];
            else parts.Add(text[start..]);
        }

        return parts.ToImmutable();
    }

    private static bool EndsAt(string text, int i) => text[i] switch
    {
        '.' => i + 1 == text.Length || char.IsWhiteSpace(text[i + 1]),
        ',' => !(i > 0 && i + 1 < text.Length && char.IsAsciiDigit(text[i - 1]) && char.IsAsciiDigit(text[i + 1])),
        var c => Ends.Contains(c),
    };

    private static bool TurnsAt(string text, int i) => Array.Exists(Turns, turn => string.CompareOrdinal(text, i, turn, 0, turn.Length) == 0);

    private static int Words(ReadOnlySpan<char> part)
    {
        var count = 0;
        foreach (var c in part) count += char.IsLetterOrDigit(c) ? 1 : 0;
        return count;
    }
}
