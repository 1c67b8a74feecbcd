using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Status;

namespace Evergrain.Cli.Drill.Report;

/// <summary>The drill as a table for the terminal.</summary>
internal static class DrillTables
{
    private const string PassedWord = "passed";
    private const string FailedWord = "FAILED";
    private const string NotRunWord = "not run";

    public static TextTable Summary(DrillReport report) => new(
        ["SCENARIO", "VERDICT", "REQUESTS", "FAILED", "WRONG", "PMAX", "DETECT", "REROUTE", "EVICT", "WHY"],
        [.. report.Scenarios.Select(Row)]);

    /// <summary>How a cell is coloured on a terminal.</summary>
    public static string? ColourOf(string cell) => cell switch
    {
        PassedWord => "green",
        FailedWord => "red",
        NotRunWord => "yellow",
        _ => null,
    };

    /// <summary>Why a scenario was judged as it was; empty where it passed.</summary>
    public static string Why(ScenarioResult scenario)
    {
        var missed = scenario.Checks.Where(c => !c.Passed).Select(c => $"{c.What.En}: {c.Measured} (limit {c.Limit})");
        return string.Join("; ", missed.Prepend(scenario.Reason).Where(why => !string.IsNullOrWhiteSpace(why)));
    }

    private static IReadOnlyList<string> Row(ScenarioResult scenario)
    {
        if (scenario.Verdict == Verdict.NotRun)
            return [scenario.Name, NotRunWord, .. Enumerable.Repeat("-", 7), OneLine(scenario)];
        var totals = Totals.Of(scenario.Callers);
        var key = KeyFigures.Of(scenario.Timeline);
        return
        [
            scenario.Name, scenario.Verdict == Verdict.Passed ? PassedWord : FailedWord,
            Figures.Count(totals.Requests), Figures.Count(totals.Failed), Figures.Count(totals.Wrong), Ms(totals.PMaxMs),
            Ms(key.DetectMs), Ms(key.RerouteMs), Ms(key.EvictMs), OneLine(scenario),
        ];
    }

    private static string Ms(double? ms) => Figures.Ms(ms).Replace(Figures.None, "-", StringComparison.Ordinal);

    // An exception's message may have several lines: a table's cell has one.
    private static string OneLine(ScenarioResult scenario)
        => Why(scenario) is { Length: > 0 } why ? string.Join(' ', why.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : "-";
}
