using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Results;
using static Evergrain.Cli.Drill.Report.Chart.Svg;

namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>Answers a second as areas, one a silo, each with a colour and a pattern of its own.</summary>
internal static class ServedBand
{
    private static readonly string[] Colours = ["#7aa6c2", "#e3b566", "#9dbb83", "#b59bcb", "#d69a94", "#9aa5ae"];

    public static ImmutableArray<string> Silos(Timeline timeline)
        => [.. timeline.Buckets.SelectMany(b => b.ServedBy.Keys).Distinct().Order(StringComparer.Ordinal)];

    public static Picture Draw(Timeline timeline, Band band, string id)
    {
        var silos = Silos(timeline);
        var scale = RateScale.For(timeline.Buckets.Max(b => b.ServedBy.Values.Sum() / timeline.BucketSeconds), band.PlotTop, band.Bottom);
        var floor = new double[timeline.Buckets.Length];
        var areas = new List<XElement>();
        for (var i = 0; i < silos.Length; i++)
        {
            double[] ceiling = [.. timeline.Buckets.Select((b, j) => floor[j] + (b.ServedBy.GetValueOrDefault(silos[i]) / timeline.BucketSeconds))];
            areas.Add(El("path",
                At("class", "served"), At("fill", Fill(id, i)), At("d", Area(timeline, band, scale, floor, ceiling)),
                El("title", Html.Clean(silos[i]))));
            floor = ceiling;
        }
        return new Picture(
            [.. band.Grid(scale.Ticks().Select(t => (scale.Y(t.Value), t.Label))), .. areas],
            [
                band.Title(new("由谁答复（每秒）", "Who answered (a second)")),
                .. band.Legend([.. silos.Select((silo, i) => ((Func<double, double, XElement>)((x, y) => Swatch(x, y, Fill(id, i))), silo))]),
            ]);
    }

    /// <summary>Plain, striped, dotted, striped the other way: the silos differ on a black and white print.</summary>
    public static IEnumerable<XElement> Patterns(Timeline timeline, string id) => Silos(timeline).Select((_, i) => El("pattern",
        At("id", Name(id, i)), At("width", 6), At("height", 6), At("patternUnits", "userSpaceOnUse"),
        El("rect", At("width", 6), At("height", 6), At("fill", Colours[i % Colours.Length])),
        (i % 4) switch
        {
            1 => Stroke("M-1 7L7 -1M-1 1L1 -1M5 7L7 5"),
            2 => El("circle", At("cx", 3), At("cy", 3), At("r", 1.1), At("fill", "#fff")),
            3 => Stroke("M-1 -1L7 7M5 -1L7 1M-1 5L1 7"),
            _ => null,
        }));

    private static XElement Stroke(string path) => El("path", At("d", path), At("stroke", "#fff"), At("stroke-width", 1));

    private static string Area(Timeline timeline, Band band, RateScale scale, double[] floor, double[] ceiling)
    {
        var path = new StringBuilder();
        // A bucket is a level, not a point: steps, there along the top and back along the bottom.
        for (var i = 0; i < ceiling.Length; i++)
            Level(i, ceiling[i], path.Length == 0 ? 'M' : 'L', Left(i), Right(i));
        for (var i = floor.Length - 1; i >= 0; i--)
            Level(i, floor[i], 'L', Right(i), Left(i));
        return path.Append('Z').ToString();

        void Level(int i, double rate, char command, double from, double to)
            => path.Step(command, from, scale.Y(rate)).Step('H', to);

        double Left(int i) => band.Time.X(timeline.Buckets[i].At);
        double Right(int i) => band.Time.X(timeline.Buckets[i].At + timeline.BucketSeconds);
    }

    private static string Name(string id, int silo) => string.Create(CultureInfo.InvariantCulture, $"{id}-silo{silo}");

    private static string Fill(string id, int silo) => $"url(#{Name(id, silo)})";

    private static XElement Swatch(double x, double y, string fill)
        => El("rect", At("x", x), At("y", y), At("width", 14), At("height", 11), At("fill", fill));
}
