using System.Globalization;
using Evergrain.Cli.Status;

namespace Evergrain.Cli.Drill;

/// <summary>Every scenario and whether it can run here, as a table.</summary>
internal static class ScenarioTable
{
    private const string Runs = "yes";

    public static TextTable Of(IEnumerable<IScenario> scenarios, DrillEnvironment environment) => new(
        ["SCENARIO", "FAULT", "TITLE", "RUNS HERE"],
        [.. scenarios.Select(s => (IReadOnlyList<string>)
        [
            s.Name, s.Fault.ToString(CultureInfo.InvariantCulture), s.Title.En,
            s.WhyNotRun(environment) is { } why ? $"no: {why}" : s.OnlyWhenNamed ? "yes, when named" : Runs,
        ])]);

    public static string? ColourOf(string cell) => cell == Runs ? "green" : cell.StartsWith("no: ", StringComparison.Ordinal) ? "yellow" : null;
}
