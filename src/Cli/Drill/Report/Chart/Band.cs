using System.Xml.Linq;
using Evergrain.Cli.Drill.Results;
using static Evergrain.Cli.Drill.Report.Chart.Svg;

namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>What a band shows: the body lies behind the poles of the events, the front is text that they must not cross.</summary>
internal sealed record Picture(IReadOnlyList<XElement?> Body, IReadOnlyList<XElement?> Front);

/// <summary>One of the pictures of a chart: its place, its title, its grid and its legend.</summary>
internal sealed record Band(double Top, double Height, TimeScale Time)
{
    public const double TitleHeight = 24;

    private const double LegendSize = 11.5;

    public double PlotTop => Top + TitleHeight;

    public double Bottom => Top + Height;

    public XElement Title(Bilingual text) => Halo(Text(Time.Left, Top + 15, text, 13));

    public IEnumerable<XElement> Grid(IEnumerable<(double Y, string Label)> ticks) => ticks.SelectMany(t => new[]
    {
        Line(Time.Left, t.Y, Time.Right, t.Y, Svg.Grid),
        Text(Time.Left - 8, t.Y + 4, t.Label, 11, Grey, "end"),
    });

    /// <summary>From the right edge of the title's line to the left, in the order given.</summary>
    public IEnumerable<XElement> Legend(IReadOnlyList<(Func<double, double, XElement> Symbol, string Text)> entries)
    {
        var x = Time.Right;
        foreach (var (symbol, text) in entries.Reverse())
        {
            x -= TextWidth.Of(text, LegendSize);
            yield return Halo(Text(x, Top + 15, text, LegendSize, Ink));
            x -= 20;
            yield return symbol(x, Top + 5);
            x -= 16;
        }
    }

}
