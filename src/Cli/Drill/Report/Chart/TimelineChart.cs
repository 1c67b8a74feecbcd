using System.Globalization;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Results;
using static Evergrain.Cli.Drill.Report.Chart.Svg;

namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>A scenario second by second: three bands over one axis of time, and the events through all of them.</summary>
internal static class TimelineChart
{
    private const double Width = 960;
    private const double Left = 58;
    private const double Right = 946;
    private const double BandGap = 16;

    /// <param name="timeline">What to draw; it has at least one bucket.</param>
    /// <param name="id">Unique in the page: the names of patterns are made from it.</param>
    /// <param name="title">What the chart is of, for those who hear it.</param>
    public static XElement Draw(Timeline timeline, string id, Bilingual title)
    {
        var drawn = DrawnBuckets.Of(timeline);
        var last = drawn.Buckets[^1].At + drawn.BucketSeconds;
        var time = new TimeScale(Math.Max(last, drawn.Marks.Select(m => m.At).DefaultIfEmpty(0).Max()), Left, Right);
        var lane = new MarkLane(NumberedMark.Of(drawn), time);
        var requests = new Band(lane.Height + 2, 96, time);
        var latency = new Band(requests.Bottom + BandGap, 138, time);
        var served = new Band(latency.Bottom + BandGap, 96, time);
        var height = served.Bottom + 38;
        Picture[] pictures = [RequestsBand.Draw(drawn, requests, id), LatencyBand.Draw(drawn, latency), ServedBand.Draw(drawn, served, id)];
        return El("svg",
            At("viewBox", $"0 0 {Svg.Number(Width)} {Svg.Number(height)}"), At("role", "img"), At("aria-labelledby", $"{id}-title {id}-desc"),
            El("title", At("id", id + "-title"), Html.Clean($"{title.Zh}：时间线 {title.En}: timeline")),
            El("desc", At("id", id + "-desc"), Html.Clean(Description(timeline))),
            El("defs", RequestsBand.FailedPattern(id), ServedBand.Patterns(drawn, id)),
            lane.Tints(requests.PlotTop, served.Bottom),
            pictures.Select(p => p.Body),
            Axis(time, served.Bottom),
            lane.Poles(0, served.Bottom),
            pictures.Select(p => p.Front),
            lane.Flags(0));
    }

    private static IEnumerable<XElement> Axis(TimeScale time, double y)
    {
        yield return Line(Left, y, Right, y, Ink, 1.2);
        foreach (var tick in time.Ticks())
        {
            yield return Line(time.X(tick), y, time.X(tick), y + 4, Ink);
            yield return Text(time.X(tick), y + 17, tick.ToString("0.#", CultureInfo.InvariantCulture), 11, Grey, "middle");
        }
        yield return Text((Left + Right) / 2, y + 33, "场景开始后的秒数 seconds from the start of the scenario", 11, Grey, "middle");
    }

    private static string Description(Timeline timeline)
    {
        var (sent, failed) = (timeline.Buckets.Sum(b => b.Sent), timeline.Buckets.Sum(b => b.Failed));
        var longest = timeline.Buckets.Select(b => b.MaxMs).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max();
        var marks = NumberedMark.Of(timeline).Select(m => $"{m.Number}: {Words.Of(m.Mark.Kind).En} {m.Mark.Silo} {Figures.Moment(m.Mark.At)}");
        return $"{Figures.Count(sent)} requests, {Figures.Count(failed)} failed, longest wait {Figures.Ms(longest)}; "
            + $"answered by {string.Join(", ", ServedBand.Silos(timeline))}. "
            + string.Join("; ", marks);
    }
}
