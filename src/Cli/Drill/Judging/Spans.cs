using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Judging;

/// <summary>A part of a scenario: while all was well, or while a fault lasted.</summary>
internal readonly record struct Span(TimeSpan From, TimeSpan Until)
{
    public TimeSpan Length => Until - From;

    public bool Holds(TimeSpan time) => time >= From && time < Until;

    /// <summary>What was due in it.</summary>
    public IReadOnlyList<Sample> Of(IEnumerable<Sample> samples)
    {
        var (from, until) = (From, Until);
        return [.. samples.Where(s => s.Due >= from && s.Due < until)];
    }
}

/// <summary>Measures over a part of a scenario. Call them once the load has stopped.</summary>
internal static class Spans
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>p99 of a span, at most <paramref name="factor"/> times that of a healthy one, plus <paramref name="more"/>.</summary>
    public static void RequireP99(this ScenarioRun run, Bilingual when, Span span, Span healthy, double factor, TimeSpan more = default)
    {
        var before = P99(run.Samples, healthy);
        var limit = before * factor + more;
        run.RequireWithin(
            new($"{when.Zh}:p99(健康时 {Texts.Of(before)})", $"{when.En}: p99 (healthy: {Texts.Of(before)})"), limit, P99(run.Samples, span));
    }

    /// <summary>What the faults are measured by must itself be healthy: twice a stall would be no limit.</summary>
    public static void RequireHealthy(this ScenarioRun run, Span healthy)
        => run.RequireWithin(new("故障前:p99", "before the fault: p99"), ScenarioRun.Budget, P99(run.Samples, healthy));

    /// <summary>How much of the answers a silo gave.</summary>
    public static double Share(IEnumerable<Sample> samples, Span span, string silo)
    {
        var answered = span.Of(samples).Where(s => s.Answered).ToList();
        return answered.Count == 0 ? 0 : (double)answered.Count(s => s.ServedBy == silo) / answered.Count;
    }

    /// <summary>When a silo's share had fallen: the end of the first <paramref name="window"/> in which it was at most
    /// <paramref name="share"/>, from the begin of <paramref name="within"/>; null where it never was.</summary>
    public static TimeSpan? ShareFell(IReadOnlyList<Sample> samples, Span within, string silo, double share, TimeSpan window)
    {
        foreach (var part in Windows(within, window))
        {
            if (Share(samples, part, silo) <= share)
                return part.Until - within.From;
        }
        return null;
    }

    /// <summary>When a silo's share had come to <paramref name="share"/>: as <see cref="ShareFell"/>, the other way round.</summary>
    public static TimeSpan? ShareRose(IReadOnlyList<Sample> samples, Span within, string silo, double share, TimeSpan window)
    {
        foreach (var part in Windows(within, window))
        {
            if (Share(samples, part, silo) >= share)
                return part.Until - within.From;
        }
        return null;
    }

    /// <summary>A silo's greatest share in any <paramref name="window"/>; 0 where there is none.</summary>
    public static double MostShare(IReadOnlyList<Sample> samples, Span within, string silo, TimeSpan window)
        => Windows(within, window).Select(part => Share(samples, part, silo)).DefaultIfEmpty().Max();

    /// <summary>How often a silo was avoided and taken back: changes between windows in which its share was at most <paramref name="low"/> and windows in
    /// which it was at least <paramref name="high"/>.</summary>
    public static int ShareChanges(IReadOnlyList<Sample> samples, Span within, string silo, double low, double high, TimeSpan window)
    {
        var (changes, before) = (0, (bool?)null);
        foreach (var share in Windows(within, window).Select(part => Share(samples, part, silo)))
        {
            if (share > low && share < high)
                continue;
            var served = share >= high;
            if (before is not null && served != before)
                changes++;
            before = served;
        }
        return changes;
    }

    /// <summary>The most events of a kind that one gateway told of a silo within any minute of a span.</summary>
    public static int MostInAMinute(IEnumerable<(string Gateway, TimeSpan At)> events, Span span)
    {
        var most = 0;
        foreach (var own in events.Where(e => e.At >= span.From && e.At < span.Until).GroupBy(e => e.Gateway, e => e.At))
        {
            List<TimeSpan> times = [.. own];
            most = Math.Max(most, times.Max(first => times.Count(at => at >= first && at < first + TimeSpan.FromMinutes(1))));
        }
        return most;
    }

    private static IEnumerable<Span> Windows(Span within, TimeSpan window)
    {
        for (var from = within.From; from + window <= within.Until; from += Step)
            yield return new Span(from, from + window);
    }

    private static TimeSpan P99(IEnumerable<Sample> samples, Span span) => TimeSpan.FromMilliseconds(Figures.Quantile(span.Of(samples), 0.99));
}
