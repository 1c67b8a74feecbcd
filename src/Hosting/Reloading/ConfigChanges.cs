using System.Collections.Immutable;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Hosting.Reloading;

/// <summary>What differs between the settings that a process runs with and the file as it is now, as far as that process reads it.</summary>
/// <param name="Live">What is taken over at once, for a log: key, old and new value; no secret.</param>
/// <param name="NeedRestart">Keys only.</param>
internal sealed record ConfigChanges(ImmutableArray<string> Live, ImmutableArray<string> NeedRestart)
{
    /// <param name="kind">"silo", "gateway" or "webui".</param>
    /// <param name="name">Of the process.</param>
    /// <param name="running">What it runs with.</param>
    /// <param name="read">The file.</param>
    public static ConfigChanges Between(string kind, string name, EvergrainConfig running, EvergrainConfig read) => new(
        [.. Pairs(LiveSettings.Of(kind, running), LiveSettings.Of(kind, read)).Select(Describe)],
        KeysOf(Pairs(FixedSettings.Of(kind, name, running), FixedSettings.Of(kind, name, read))));

    private static IEnumerable<(Setting? Before, Setting? After)> Pairs(IEnumerable<Setting> running, IEnumerable<Setting> read)
    {
        var after = read.ToDictionary(setting => setting.Key);
        foreach (var before in running)
        {
            if (!after.Remove(before.Key, out var now)) yield return (before, null);
            else if (now != before) yield return (before, now);
        }

        foreach (var added in after.Values) yield return (null, added);
    }

    private static string Describe((Setting? Before, Setting? After) pair) => pair switch
    {
        (null, { } added) => $"{added.Key} added ({added.Shown})",
        ({ } removed, null) => $"{removed.Key} removed",
        ({ } before, { } after) when before.Shown == after.Shown => $"{after.Key} changed",
        var (before, after) => $"{after!.Value.Key} {before!.Value.Shown} -> {after.Value.Shown}",
    };

    /// <summary>Where a whole entry came or went, its own keys say nothing more.</summary>
    private static ImmutableArray<string> KeysOf(IEnumerable<(Setting? Before, Setting? After)> pairs)
    {
        var keys = pairs.Select(pair => (pair.Before ?? pair.After)!.Value.Key).ToList();
        return [.. keys.Where(key => !keys.Exists(entry => key.StartsWith($"{entry}.", StringComparison.Ordinal)))];
    }
}
