using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Judging;

/// <summary>From single lines to the whole. Pure.</summary>
internal static class Verdicts
{
    /// <param name="wrong">What went wrong while the scenario ran; null where it came to its end.</param>
    /// <param name="checks">Its lines.</param>
    public static Verdict Of(string? wrong, IReadOnlyCollection<Check> checks)
        // What judged nothing has shown nothing.
        => wrong is null && checks.Count > 0 && checks.All(c => c.Passed) ? Verdict.Passed : Verdict.Failed;

    /// <summary>
    /// Whether a self-test shows that the drill notices: with failover off, every scenario was judged failed, and callers were there to see it. A
    /// scenario that broke off has judged nothing.
    /// </summary>
    public static bool Noticed(DrillReport report)
        => report.Scenarios.Length > 0 && report.Scenarios.All(s => s is { Verdict: Verdict.Failed, Reason: null } && s.Callers.Any(c => c.Requests > 0));
}
