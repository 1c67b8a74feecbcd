using System.Collections.Immutable;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report;

/// <summary>How long after the fault it was detected, routed around, evicted and over: the slowest of a scenario's injections.</summary>
internal sealed record KeyFigures(double? DetectMs, double? RerouteMs, double? EvictMs, double? RecoverMs)
{
    /// <summary>Injections closer than this are one fault (both silos killed): all is counted from the first of them.</summary>
    private const double SameFaultSeconds = 1;

    public static KeyFigures Of(Timeline? timeline)
    {
        if (timeline is null)
            return new KeyFigures(null, null, null, null);
        var silos = timeline.Buckets.SelectMany(b => b.ServedBy.Keys).ToHashSet();
        var marks = timeline.Marks.OrderBy(m => m.At).ToImmutableArray();
        var injections = Injections(marks);
        return new KeyFigures(Slowest(MarkKind.Detection), Slowest(MarkKind.Reroute), Slowest(MarkKind.Eviction), Slowest(MarkKind.Recovery));

        double? Slowest(MarkKind kind) => injections.Select((injection, i) =>
        {
            var end = i + 1 < injections.Length ? injections[i + 1].At : double.PositiveInfinity;
            // The first of its kind: a thawed silo is lost once more when it ends itself, and that is another event.
            var answer = marks.FirstOrDefault(m => m.Kind == kind && m.At >= injection.At && m.At < end && !IsForeign(m, injection));
            return answer is null ? (double?)null : (answer.At - injection.At) * 1000;
        }).Max();

        // A reroute may be told by the silo that took over, so only the other kinds must name the silo that was hit.
        bool IsForeign(TimelineMark mark, TimelineMark injection) => mark.Kind != MarkKind.Reroute
            && silos.Contains(mark.Silo) && silos.Contains(injection.Silo) && mark.Silo != injection.Silo;
    }

    private static ImmutableArray<TimelineMark> Injections(ImmutableArray<TimelineMark> marks)
    {
        var first = ImmutableArray.CreateBuilder<TimelineMark>();
        var last = double.NegativeInfinity;
        foreach (var mark in marks.Where(m => m.Kind == MarkKind.Injection))
        {
            if (mark.At - last >= SameFaultSeconds)
                first.Add(mark);
            last = mark.At;
        }
        return first.ToImmutable();
    }
}
