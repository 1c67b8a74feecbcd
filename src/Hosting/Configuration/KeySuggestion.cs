namespace Evergrain.Hosting.Configuration;

/// <summary>Finds the known key that somebody most likely meant.</summary>
internal static class KeySuggestion
{
    /// <summary>The nearest of <paramref name="known"/>; null where none is near enough to be a slip of the hand.</summary>
    public static string? Nearest(string key, IEnumerable<string> known)
    {
        var best = known
            .Select(candidate => (candidate, distance: Distance(key.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .OrderBy(pair => pair.distance)
            .FirstOrDefault();
        return best.candidate is { } name && best.distance <= Math.Max(2, name.Length / 3) ? name : null;
    }

    /// <summary>Levenshtein's distance: insertions, deletions and substitutions that lead from one word to the other.</summary>
    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
            }
            (previous, current) = (current, previous);
        }
        return previous[b.Length];
    }
}
