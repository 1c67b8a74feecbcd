using System.Collections.Immutable;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Judging;

/// <summary>Cuts samples into buckets by when they were due. Pure.</summary>
internal static class Timelines
{
    /// <summary>Shorter scenarios are cut finer.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(30);

    public static Timeline Of(IReadOnlyCollection<Sample> samples, TimeSpan took, IEnumerable<TimelineMark> marks)
    {
        var length = took < Short ? 0.5 : 1.0;
        var count = (int)Math.Ceiling(took.TotalSeconds / length);
        var byBucket = samples.ToLookup(s => (int)(s.Due.TotalSeconds / length));
        return new Timeline
        {
            BucketSeconds = length,
            Buckets = [.. Enumerable.Range(0, count).Select(i => Bucket(i * length, [.. byBucket[i]]))],
            Marks = [.. marks.OrderBy(m => m.At)],
        };
    }

    /// <returns>The start of the first second from <paramref name="from"/> on in which each silo gave at least 30 % of the answers;
    /// null where there is none.</returns>
    public static TimeSpan? FullCapacity(IReadOnlyCollection<Sample> samples, IReadOnlyCollection<string> silos, TimeSpan from, TimeSpan until)
    {
        const double share = 0.3;
        var second = TimeSpan.FromSeconds(1);
        for (var start = from; start + second <= until; start += second)
        {
            var answered = samples.Where(s => s.Answered && s.Due >= start && s.Due < start + second).ToList();
            if (answered.Count > 0 && silos.All(silo => answered.Count(s => s.ServedBy == silo) >= share * answered.Count))
                return start;
        }
        return null;
    }

    private static TimelineBucket Bucket(double at, List<Sample> samples)
    {
        List<TimeSpan> latencies = [.. samples.Select(s => s.Latency).Order()];
        return new TimelineBucket
        {
            At = at,
            Sent = samples.Count,
            Failed = samples.Count(s => s.Failure is not null),
            P50Ms = Figures.Quantile(latencies, 0.5),
            MaxMs = Figures.Quantile(latencies, 1),
            ServedBy = samples.Where(s => s.Answered).GroupBy(s => s.ServedBy).ToImmutableSortedDictionary(g => g.Key, g => g.Count()),
        };
    }
}
