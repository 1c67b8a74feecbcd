using System.Globalization;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Status;

namespace Evergrain.Cli.Drill;

/// <summary>The list of scenarios and the results as tables.</summary>
internal static class DrillTables
{
    private const string Runs = "yes";

    public static TextTable Scenarios(IEnumerable<IScenario> scenarios, DrillEnvironment environment) => new(
        ["SCENARIO", "FAULT", "TITLE", "RUNS HERE"],
        [.. scenarios.Select(s => (IReadOnlyList<string>)
        [
            s.Name, s.Fault.ToString(CultureInfo.InvariantCulture), s.Title.En,
            s.WhyNotRun(environment) is { } why ? $"no: {why}" : s.OnlyWhenNamed ? "yes, when named" : Runs,
        ])]);

    public static TextTable Results(DrillReport report) => new(
        ["SCENARIO", "VERDICT", "CALLERS", "REQUESTS", "FAILED", "WRONG", "P50 MS", "P99 MS", "PMAX MS", "GAP MS", "EXTRA"],
        [.. report.Scenarios.SelectMany(Rows)]);

    public static string? ColourOf(string cell) => cell switch
    {
        "passed" or Runs => "green",
        "FAILED" => "red",
        "not run" => "yellow",
        _ => null,
    };

    private static IEnumerable<IReadOnlyList<string>> Rows(ScenarioResult scenario)
    {
        var verdict = scenario.Verdict switch { Verdict.Passed => "passed", Verdict.Failed => "FAILED", _ => "not run" };
        if (scenario.Callers.IsEmpty)
            return [[scenario.Name, verdict, "-", "-", "-", "-", "-", "-", "-", "-", "-"]];
        return scenario.Callers.Select((c, i) => (IReadOnlyList<string>)
        [
            i == 0 ? scenario.Name : "", i == 0 ? verdict : "", c.Caller.En, Of(c.Requests), c.Failed == 0 ? $"0 (< {c.FailureBound.ToString("P2", CultureInfo.InvariantCulture)})" : Of(c.Failed),
            Of(c.Wrong), Of(c.P50Ms), Of(c.P99Ms), Of(c.PMaxMs), Of(c.LongestGapMs), Of(c.ExtraAttempts),
        ]);
    }

    private static string Of(double number) => number.ToString("0", CultureInfo.InvariantCulture);
}
