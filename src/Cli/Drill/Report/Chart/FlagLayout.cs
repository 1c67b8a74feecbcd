using System.Collections.Immutable;

namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>Where a flag hangs: its left edge, and its row counted from the plot upwards.</summary>
internal readonly record struct Flag(double Left, double Width, int Row)
{
    public double Right => Left + Width;
}

/// <summary>
/// Hangs flags on poles so that none covers another. A detection, a reroute and an eviction may be milliseconds apart and their poles the same
/// pixel: then the flags stand one above the other, the earliest lowest.
/// </summary>
internal static class FlagLayout
{
    private const double Gap = 3;

    /// <param name="poles">Position of each pole and width of its flag, in the order of time.</param>
    /// <param name="left">Left edge of the space for flags.</param>
    /// <param name="right">Right edge: a flag that would pass it hangs to the left of its pole.</param>
    public static ImmutableArray<Flag> Place(IReadOnlyList<(double X, double Width)> poles, double left, double right)
    {
        var rows = new List<List<Flag>>();
        return [.. poles.Select(Hang)];

        Flag Hang((double X, double Width) pole)
        {
            var x = pole.X + pole.Width <= right ? pole.X : Math.Max(left, pole.X - pole.Width);
            // Not only the last of each row: a flag that hangs to the left may reach back over earlier ones.
            var row = rows.FindIndex(taken => taken.All(f => f.Right + Gap <= x || x + pole.Width + Gap <= f.Left));
            if (row < 0)
            {
                row = rows.Count;
                rows.Add([]);
            }
            var flag = new Flag(x, pole.Width, row);
            rows[row].Add(flag);
            return flag;
        }
    }
}
