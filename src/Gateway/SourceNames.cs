using System.Collections.Immutable;

namespace Evergrain.Gateway;

/// <summary>
/// The names under which sources are counted: the first so many under their own, every later one under "other". A caller could otherwise fill the memory of
/// this process, and of Prometheus, with one series for each request. Thread safe; readers do not lock.
/// </summary>
internal sealed class SourceNames
{
    public const string Other = "other";

    private readonly Lock _gate = new();
    private ImmutableHashSet<string> _known = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <param name="source">As the caller wrote it.</param>
    /// <param name="most">How many have a name of their own. Those that have one keep it when there are to be fewer.</param>
    /// <returns>The name to count under, and whether it is the first time.</returns>
    public (string Name, bool IsNew) Of(string source, int most)
    {
        if (Known(source, most) is { } known) return (known, false);
        lock (_gate)
        {
            if (Known(source, most) is { } meanwhile) return (meanwhile, false);
            var name = IsFull(_known, most) ? Other : source;
            Volatile.Write(ref _known, _known.Add(name));
            return (name, true);
        }
    }

    private string? Known(string source, int most)
    {
        var known = Volatile.Read(ref _known);
        if (known.Contains(source)) return source;
        return known.Contains(Other) && IsFull(known, most) ? Other : null;
    }

    private static bool IsFull(ImmutableHashSet<string> known, int most) => known.Count - (known.Contains(Other) ? 1 : 0) >= most;
}
