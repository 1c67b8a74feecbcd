using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Report.Chart;
using static Evergrain.Cli.Drill.Report.Chart.Svg;

namespace Evergrain.Bench.Latency;

/// <summary>Latency and answers against load, as an SVG file.</summary>
internal static class LatencyPicture
{
    private const double Width = 760;
    private const double Left = 64;
    private const double Right = Width - 24;
    private const string Blue = "#1f4e79";
    private const string Orange = "#a54a08";
    private const string Green = "#2f6f4f";

    /// <param name="points">In order of load.</param>
    /// <param name="most">What the pair can answer, requests a second.</param>
    /// <param name="title">What was measured.</param>
    public static XElement Draw(IReadOnlyList<LoadPoint> points, double most, string title)
    {
        var latency = LatencyScale.For(points.Min(p => p.P50), points.Max(p => p.P99), 64, 300);
        var rate = RateScale.For(points.Max(p => p.Offered), 350, 500);
        return El("svg",
            At("viewBox", $"0 0 {Number(Width)} 560"), At("font-family", "system-ui, 'Noto Sans CJK SC', sans-serif"), At("role", "img"), At("aria-label", title),
            El("rect", At("width", Width), At("height", 560), At("fill", "#fff")),
            Text(Left, 26, title, 14, Ink),
            Text(Left, 50, new("延迟（对数刻度）", "latency of the answers, from the scheduled send time (logarithmic)"), 12),
            latency.Ticks().Select(t => Tick(latency.Y(t.Value), t.Label)),
            Curve(points, p => latency.Y(p.P50), Blue, "p50"),
            Curve(points, p => latency.Y(p.P95), Green, "p95"),
            Curve(points, p => latency.Y(p.P99), Orange, "p99"),
            Text(Left, 336, new("每秒答复数", "answers a second; dashed: requests"), 12),
            rate.Ticks().Select(t => Tick(rate.Y(t.Value), t.Label)),
            Dashed(Curve(points, p => rate.Y(p.Offered), Grey, "")),
            Curve(points, p => rate.Y(p.Answered), Blue, ""),
            Shares(points).Select(share => Text(X(points, share), 520, $"{share.ToString("0 %", CultureInfo.InvariantCulture)}", 11, Grey, "middle")),
            Text((Left + Right) / 2, 544, $"负载 load, 100 % = {most.ToString("0", CultureInfo.InvariantCulture)} requests/s", 12, Ink, "middle"));
    }

    private static IEnumerable<double> Shares(IReadOnlyList<LoadPoint> points)
    {
        for (var share = 0.0; share <= points[^1].Share + 0.01; share += 0.25) yield return share;
    }

    private static double X(IReadOnlyList<LoadPoint> points, double share) => Left + (share / points[^1].Share * (Right - Left));

    private static XElement Tick(double y, string label) => El("g", Line(Left, y, Right, y, Grid), Text(Left - 8, y + 4, label, 11, Grey, "end"));

    private static XElement Curve(IReadOnlyList<LoadPoint> points, Func<LoadPoint, double> y, string colour, string name)
    {
        var path = new StringBuilder();
        foreach (var (i, point) in points.Index()) path.Step(i == 0 ? 'M' : 'L', X(points, point.Share), y(point));
        return El("g",
            El("path", At("d", path.ToString()), At("fill", "none"), At("stroke", colour), At("stroke-width", 2), At("stroke-linejoin", "round")),
            points.Select(point => El("circle", At("cx", X(points, point.Share)), At("cy", y(point)), At("r", 2.5), At("fill", colour))),
            Halo(Text(Right - 4, y(points[^1]) - 7, name, 12, colour, "end")));
    }

    private static XElement Dashed(XElement curve)
    {
        curve.Add(At("stroke-dasharray", "4 3"));
        return curve;
    }
}
