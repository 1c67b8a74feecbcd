using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Judging;

/// <summary>What callers saw, from the samples of a scenario. Pure.</summary>
internal static class Figures
{
    public static CallerFigures Of(CallerKind kind, IEnumerable<Sample> samples, KnownAnswers known)
    {
        var own = samples.Where(s => s.Caller == kind.Key).OrderBy(s => s.Due).ToList();
        var latencies = own.Select(s => s.Latency).Order().ToList();
        return new CallerFigures
        {
            Caller = kind.Name,
            Requests = own.Count,
            Failed = own.Count(s => s.Failure is not null),
            Wrong = own.Count(known.IsWrong),
            P50Ms = Quantile(latencies, 0.50),
            P99Ms = Quantile(latencies, 0.99),
            PMaxMs = Quantile(latencies, 1),
            LongestGapMs = LongestGap(own).TotalMilliseconds,
            ExtraAttempts = ExtraAttempts(own),
        };
    }

    /// <summary>Attempts beyond the first.</summary>
    public static int ExtraAttempts(IEnumerable<Sample> samples) => samples.Sum(s => Math.Max(0, s.Attempts - 1));

    /// <summary>The smallest value that at least that share of all does not exceed, in milliseconds; 0 of nothing.</summary>
    public static double Quantile(IReadOnlyList<TimeSpan> sorted, double share)
        => sorted.Count == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)].TotalMilliseconds;

    public static double Quantile(IEnumerable<Sample> samples, double share) => Quantile([.. samples.Select(s => s.Latency).Order()], share);

    /// <summary>
    /// The longest time in which somebody waited and nobody was answered: from an answer, or from when the next request after it was due if
    /// none was open, to the next answer. A time without requests is no gap.
    /// </summary>
    public static TimeSpan LongestGap(IReadOnlyList<Sample> byDue)
    {
        if (byDue.Count == 0)
            return TimeSpan.Zero;
        var ends = byDue.Select(s => s.Done).Order().ToList();
        var successes = byDue.Where(s => s.Answered).Select(s => s.Done).Order().ToList();
        // What never succeeded has waited until its failure.
        if (successes.Count == 0 || ends[^1] > successes[^1])
            successes.Add(ends[^1]);
        var (longest, from, due, ended) = (TimeSpan.Zero, byDue[0].Due, 0, 0);
        foreach (var success in successes)
        {
            while (due < byDue.Count && byDue[due].Due <= from) due++;
            while (ended < ends.Count && ends[ended] <= from) ended++;
            var begin = due > ended || due == byDue.Count ? from : byDue[due].Due;
            if (success - begin > longest)
                longest = success - begin;
            from = success;
        }
        return longest;
    }
}
