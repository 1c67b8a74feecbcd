using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Results;
using static Evergrain.Cli.Drill.Report.Chart.Svg;

namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>The flags above the bands, and the poles through all of them.</summary>
internal sealed class MarkLane
{
    private const double RowHeight = 19;
    private const double FlagHeight = 16;
    private const double FontSize = 11;

    /// <summary>With more rows than this the flags carry their numbers only.</summary>
    private const int MostRowsOfWords = 9;

    /// <summary>With more events than this (a soak) only the injections are marked; the list below the chart has them all.</summary>
    private const int MostMarks = 60;

    private readonly ImmutableArray<NumberedMark> _all;
    private readonly ImmutableArray<NumberedMark> _marks;
    private readonly ImmutableArray<Flag> _flags;
    private readonly ImmutableArray<string> _labels;
    private readonly TimeScale _time;

    public MarkLane(ImmutableArray<NumberedMark> marks, TimeScale time)
    {
        (_all, _time) = (marks, time);
        _marks = marks.Length <= MostMarks ? marks : [.. marks.Where(m => m.Mark.Kind == MarkKind.Injection)];
        _labels = [.. _marks.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Number} {Words.Of(m.Mark.Kind).Zh}"))];
        _flags = Place(_labels);
        if (_flags.Any(f => f.Row >= MostRowsOfWords))
        {
            _labels = [.. _marks.Select(m => m.Number.ToString(CultureInfo.InvariantCulture))];
            _flags = Place(_labels);
        }
    }

    public double Height => _flags.IsEmpty ? 0 : ((_flags.Max(f => f.Row) + 1) * RowHeight) + 4;

    /// <summary>The time from each injection to the recovery that followed it.</summary>
    public IEnumerable<XElement> Tints(double top, double bottom)
    {
        foreach (var injection in _all.Where(m => m.Mark.Kind == MarkKind.Injection))
        {
            var end = _all.Skip(injection.Number).FirstOrDefault(m => m.Mark.Kind is MarkKind.Recovery or MarkKind.Injection);
            if (end is not { Mark.Kind: MarkKind.Recovery })
                continue;
            var (from, to) = (_time.X(injection.Mark.At), _time.X(end.Mark.At));
            yield return El("rect", At("x", from), At("y", top), At("width", to - from), At("height", bottom - top), At("fill", "#fbf3e4"));
        }
    }

    public IEnumerable<XElement> Poles(double top, double bottom) => _marks.Zip(_flags)
        // The injection last: its effects may be on the same pixel.
        .OrderBy(m => m.First.Mark.Kind == MarkKind.Injection)
        .Select(pair =>
        {
            var (m, flag) = pair;
            var x = _time.X(m.Mark.At);
            var isInjection = m.Mark.Kind == MarkKind.Injection;
            var pole = Line(x, FlagTop(top, flag), x, bottom, MarkStyle.ColourOf(m.Mark.Kind), isInjection ? 1.6 : 1);
            // Only the injection is a full line, so that cause and effects differ without their colours.
            if (!isInjection)
                pole.Add(At("stroke-dasharray", "4 3"));
            return pole;
        });

    public IEnumerable<XElement> Flags(double top) => _marks.Select((m, i) =>
    {
        var flag = _flags[i];
        var y = FlagTop(top, flag);
        return El("g",
            El("title", Html.Clean(string.Join(" ", new[]
            {
                Figures.Moment(m.Mark.At), Words.Of(m.Mark.Kind).Zh, Words.Of(m.Mark.Kind).En, m.Mark.Silo, m.Mark.Text,
            }.Where(t => t.Length > 0)))),
            El("rect",
                At("x", flag.Left), At("y", y), At("width", flag.Width), At("height", FlagHeight), At("rx", 2),
                At("fill", MarkStyle.ColourOf(m.Mark.Kind))),
            Text(flag.Left + (flag.Width / 2), y + 12, _labels[i], FontSize, "#fff", "middle"));
    });

    private ImmutableArray<Flag> Place(ImmutableArray<string> labels) => FlagLayout.Place(
        [.. _marks.Select((m, i) => (_time.X(m.Mark.At), TextWidth.Of(labels[i], FontSize) + 8))], _time.Left, _time.Right);

    private double FlagTop(double top, Flag flag) => top + Height - ((flag.Row + 1) * RowHeight);
}
