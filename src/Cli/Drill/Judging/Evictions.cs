using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Evergrain.Cli.Drill.Judging;

/// <summary>One silo declared another dead.</summary>
/// <param name="By">In whose log it is.</param>
/// <param name="Silo">Who was declared dead.</param>
/// <param name="BootId">Which start of it.</param>
/// <param name="At">When.</param>
/// <param name="MissedProbes">Probes of <paramref name="By"/> to that start that were not answered before: with none it only heard of it.</param>
internal sealed record Eviction(string By, string Silo, int BootId, DateTimeOffset At, int MissedProbes)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{By} declared {Silo} (boot {BootId}) dead after {MissedProbes} unanswered probes");
}

/// <summary>Who evicted whom, from the silos' own logs. Pure.</summary>
internal static partial class Evictions
{
    /// <param name="log">Lines of one silo's log.</param>
    /// <param name="by">Whose log it is.</param>
    /// <param name="since">Older lines do not count.</param>
    public static IReadOnlyList<Eviction> Of(IEnumerable<string> log, string by, DateTimeOffset since)
    {
        var missed = new Dictionary<int, int>();
        var found = new List<Eviction>();
        foreach (var line in log)
        {
            if (Entry(line) is not { } entry || entry.At < since)
                continue;
            if (Probe().Match(entry.Message) is { Success: true } probe)
            {
                var boot = Number(probe);
                missed[boot] = missed.GetValueOrDefault(boot) + 1;
            }
            else if (Dead().Match(entry.Message) is { Success: true } dead && dead.Groups["silo"].Value is var silo && silo != by
                && missed.GetValueOrDefault(Number(dead)) is > 0 and var probes && found.TrueForAll(e => e.BootId != Number(dead)))
            {
                found.Add(new Eviction(by, silo, Number(dead), entry.At, probes));
            }
        }
        return found;
    }

    private static (DateTimeOffset At, string Message)? Entry(string line)
    {
        try
        {
            using var entry = JsonDocument.Parse(line);
            return entry.RootElement.ValueKind == JsonValueKind.Object && entry.RootElement.TryGetProperty("@t", out var at) && entry.RootElement.TryGetProperty("@m", out var message)
                ? (at.GetDateTimeOffset(), message.GetString() ?? "")
                : null;
        }
        catch (JsonException)
        {
            // Written in this moment, or cut off by a kill.
            return null;
        }
    }

    private static int Number(Match match) => int.Parse(match.Groups["boot"].Value, CultureInfo.InvariantCulture);

    /// <summary>Orleans' own words; a silo's address ends in its boot id.</summary>
    [GeneratedRegex("Did not get response for probe .* to silo \"?S[^ ]*:(?<boot>[0-9]+)\"? ", RegexOptions.CultureInvariant)]
    private static partial Regex Probe();

    [GeneratedRegex("^Member \"(?<silo>[^\"]+)\" boot (?<boot>[0-9]+) is \"dead\"", RegexOptions.CultureInvariant)]
    private static partial Regex Dead();
}
