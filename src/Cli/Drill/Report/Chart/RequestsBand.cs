using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Results;
using static Evergrain.Cli.Drill.Report.Chart.Svg;

namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>Requests a second as bars; what failed stands at the bottom, hatched and red.</summary>
internal static class RequestsBand
{
    private const string AnsweredColour = "#9bb8c9";

    /// <summary>One failure of a hundred requests would be less than a pixel.</summary>
    private const double LeastFailedHeight = 4;

    public static Picture Draw(Timeline timeline, Band band, string id)
    {
        var width = timeline.BucketSeconds;
        var scale = RateScale.For(timeline.Buckets.Max(b => b.Sent / width), band.PlotTop, band.Bottom);
        var failed = timeline.Buckets.Where(b => b.Failed > 0).ToList();
        return new Picture(
            [
                .. band.Grid(scale.Ticks().Select(t => (scale.Y(t.Value), t.Label))),
                Bars("answered", AnsweredColour, timeline, band, b => (FailedHeight(b), scale.Bottom - scale.Y(b.Sent / width))),
                failed.Count == 0 ? null : Bars("failed", $"url(#{id}-failed)", timeline, band, b => (0, FailedHeight(b))),
            ],
            [
                band.Title(new("每秒请求", "Requests a second")),
                .. band.Legend([
                    ((x, y) => Swatch(x, y, AnsweredColour), "成功 answered"),
                    ((x, y) => Swatch(x, y, $"url(#{id}-failed)"), $"✗ 失败 failed: {Figures.Count(failed.Sum(b => b.Failed))}"),
                ]),
                .. Labels(failed, band, width, b => scale.Bottom - FailedHeight(b)),
            ]);

        double FailedHeight(TimelineBucket bucket)
            => bucket.Failed == 0 ? 0 : Math.Max(LeastFailedHeight, scale.Bottom - scale.Y(bucket.Failed / width));
    }

    /// <summary>Red with white stripes, so that a failure is seen without its colour.</summary>
    public static XElement FailedPattern(string id) => El("pattern",
        At("id", id + "-failed"), At("width", 5), At("height", 5), At("patternUnits", "userSpaceOnUse"), At("patternTransform", "rotate(45)"),
        El("rect", At("width", 5), At("height", 5), At("fill", Bad)), El("rect", At("width", 1.2), At("height", 5), At("fill", "#fff")));

    private static XElement Bars(
        string kind, string fill, Timeline timeline, Band band, Func<TimelineBucket, (double From, double To)> heights)
    {
        var path = new StringBuilder();
        foreach (var bucket in timeline.Buckets)
        {
            var (from, to) = heights(bucket);
            if (to <= from)
                continue;
            var (left, right) = (band.Time.X(bucket.At), band.Time.X(bucket.At + timeline.BucketSeconds));
            // A hair of white between bars, where there is room for it.
            right -= right - left > 3 ? 0.8 : 0;
            path.Step('M', left, band.Bottom - from).Step('H', right).Step('V', band.Bottom - to).Step('H', left).Append('Z');
        }
        return El("path", At("class", kind), At("fill", fill), At("d", path.ToString()));
    }

    /// <summary>"✗ 12" above failed buckets, as many as do not cover each other; the legend has the sum.</summary>
    private static IEnumerable<XElement> Labels(List<TimelineBucket> failed, Band band, double seconds, Func<TimelineBucket, double> top)
    {
        var free = band.Time.Left;
        foreach (var bucket in failed)
        {
            var text = "✗" + bucket.Failed.ToString(CultureInfo.InvariantCulture);
            var (x, half) = (band.Time.X(bucket.At + (seconds / 2)), TextWidth.Of(text, 10) / 2);
            if (x - half < free || x + half > band.Time.Right)
                continue;
            free = x + half + 2;
            var label = Halo(Text(x, Math.Max(band.PlotTop + 9, top(bucket) - 3), text, 10, Bad, "middle"));
            label.Add(At("font-weight", "600"));
            yield return label;
        }
    }

    private static XElement Swatch(double x, double y, string fill)
        => El("rect", At("x", x), At("y", y), At("width", 13), At("height", 11), At("fill", fill));
}
