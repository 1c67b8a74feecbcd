using System.Collections.Immutable;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>A timeline with no more buckets than a chart can show.</summary>
internal static class DrawnBuckets
{
    public const int Most = 300;

    /// <summary>
    /// Joins neighbours where there are too many. Counts are added; of latencies the highest stays, because a picture of a fault may not
    /// smooth it away.
    /// </summary>
    public static Timeline Of(Timeline timeline)
    {
        var joined = (timeline.Buckets.Length + Most - 1) / Most;
        if (joined <= 1)
            return timeline;
        return timeline with
        {
            BucketSeconds = timeline.BucketSeconds * joined,
            Buckets = [.. timeline.Buckets.OrderBy(b => b.At).Chunk(joined).Select(Join)],
        };
    }

    private static TimelineBucket Join(TimelineBucket[] buckets) => new()
    {
        At = buckets[0].At,
        Sent = buckets.Sum(b => b.Sent),
        Failed = buckets.Sum(b => b.Failed),
        P50Ms = Highest(buckets.Select(b => b.P50Ms)),
        MaxMs = Highest(buckets.Select(b => b.MaxMs)),
        ServedBy = buckets.SelectMany(b => b.ServedBy).GroupBy(s => s.Key).ToImmutableSortedDictionary(g => g.Key, g => g.Sum(s => s.Value)),
    };

    private static double Highest(IEnumerable<double> values) => values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max();
}
