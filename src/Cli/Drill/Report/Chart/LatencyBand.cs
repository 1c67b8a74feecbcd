using System.Text;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Results;
using static Evergrain.Cli.Drill.Report.Chart.Svg;

namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>The median as a line, and the one who waited longest in each bucket as a dot, on a logarithmic scale.</summary>
internal static class LatencyBand
{
    private const string MedianColour = "#1f4e79";
    private const string LongestColour = "#a54a08";

    public static Picture Draw(Timeline timeline, Band band)
    {
        var medians = timeline.Buckets.Where(b => Drawn(b.P50Ms)).Select(b => b.P50Ms).ToList();
        var longest = timeline.Buckets.Where(b => Drawn(b.MaxMs)).ToList();
        if (longest.Count == 0)
        {
            var nothing = Text(band.Time.Left, band.PlotTop + 20, "没有答复 no answers", 12, Grey);
            return new Picture([], [band.Title(new("延迟", "Latency")), nothing]);
        }
        var scale = LatencyScale.For(medians.DefaultIfEmpty(1).Min(), longest.Max(b => b.MaxMs), band.PlotTop, band.Bottom);
        return new Picture(
            [
                .. band.Grid(scale.Ticks().Select(t => (scale.Y(t.Value), t.Label))),
                .. longest.Select(b => Dot(Middle(b), scale.Y(b.MaxMs), 1.9)),
                El("path",
                    At("class", "median"), At("fill", "none"), At("stroke", MedianColour), At("stroke-width", 1.6), At("stroke-linejoin", "round"),
                    At("d", Median())),
            ],
            [
                band.Title(new("延迟（对数刻度）", "Latency, from the scheduled send time (logarithmic)")),
                .. band.Legend([
                    ((x, y) => Line(x, y + 6, x + 14, y + 6, MedianColour, 2), "中位数 median"),
                    ((x, y) => Dot(x + 8, y + 6, 2.6), "最长 longest"),
                ]),
                Peak(longest.MaxBy(b => b.MaxMs)!),
            ]);

        double Middle(TimelineBucket bucket) => band.Time.X(bucket.At + (timeline.BucketSeconds / 2));

        string Median()
        {
            var path = new StringBuilder();
            var command = 'M';
            foreach (var bucket in timeline.Buckets)
            {
                // A bucket without an answer breaks the line: nothing was measured there.
                if (Drawn(bucket.P50Ms))
                    path.Step(command, Middle(bucket), scale.Y(bucket.P50Ms));
                command = Drawn(bucket.P50Ms) ? 'L' : 'M';
            }
            return path.ToString();
        }

        XElement Peak(TimelineBucket bucket)
        {
            var text = $"最长 max {Figures.Ms(bucket.MaxMs)}";
            var (x, y) = (Middle(bucket), Math.Max(band.PlotTop + 10, scale.Y(bucket.MaxMs) - 6));
            var fits = x + 8 + TextWidth.Of(text, 11) <= band.Time.Right;
            var label = Halo(Text(fits ? x + 7 : x - 7, y, text, 11, LongestColour, fits ? "start" : "end"));
            label.Add(At("font-weight", "600"));
            return El("g", Dot(x, scale.Y(bucket.MaxMs), 3.2), label);
        }
    }

    private static bool Drawn(double ms) => double.IsFinite(ms) && ms > 0;

    private static XElement Dot(double x, double y, double radius)
        => El("circle", At("cx", x), At("cy", y), At("r", radius), At("fill", LongestColour));
}
