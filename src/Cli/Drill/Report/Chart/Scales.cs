using System.Globalization;

namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>Seconds of a scenario to positions.</summary>
internal sealed record TimeScale(double Seconds, double Left, double Right)
{
    private static readonly double[] Steps = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];

    private const int MostTicks = 12;

    public double X(double second) => Left + (Math.Clamp(second, 0, Seconds) / Seconds * (Right - Left));

    public IEnumerable<double> Ticks()
    {
        var step = Steps.FirstOrDefault(s => Seconds / s <= MostTicks, Math.Ceiling(Seconds / MostTicks / 600) * 600);
        for (var i = 0; i * step <= Seconds; i++)
            yield return i * step;
    }
}

/// <summary>Requests a second to positions, from 0 at the bottom.</summary>
internal sealed record RateScale(double Max, double Top, double Bottom)
{
    private static readonly int[] Rounds = [1, 2, 4, 5, 6, 8, 10];

    /// <summary>The next of 1, 2, 4, 5, 6, 8 × 10ⁿ: half of it is a round number too, or nearly.</summary>
    public static RateScale For(double highest, double top, double bottom)
    {
        var decade = highest > 0 ? Math.Pow(10, Math.Floor(Math.Log10(highest))) : 1;
        var max = Rounds.Select(m => m * decade).First(m => m >= Math.Max(highest, decade));
        return new RateScale(max, top, bottom);
    }

    public double Y(double rate) => Bottom - (Math.Clamp(rate, 0, Max) / Max * (Bottom - Top));

    public IEnumerable<(double Value, string Label)> Ticks()
        => new[] { 0, Max / 2, Max }.Select(v => (v, v.ToString("0.##", CultureInfo.InvariantCulture)));
}

/// <summary>Milliseconds to positions, ten times as long being one step higher: 8 ms and 5 s are both read off.</summary>
internal sealed record LatencyScale(int FirstDecade, int LastDecade, double Top, double Bottom)
{
    public static LatencyScale For(double lowest, double highest, double top, double bottom)
    {
        var first = (int)Math.Floor(Math.Log10(Math.Max(lowest, 0.1)));
        var last = (int)Math.Ceiling(Math.Log10(Math.Max(highest, 0.1)));
        // Two decades at least, or the noise of a quiet run would fill the picture.
        return new LatencyScale(first, Math.Max(last, first + 2), top, bottom);
    }

    public double Y(double ms)
    {
        var decades = Math.Log10(Math.Max(ms, 1e-3)) - FirstDecade;
        return Bottom - (Math.Clamp(decades / (LastDecade - FirstDecade), 0, 1) * (Bottom - Top));
    }

    public IEnumerable<(double Value, string Label)> Ticks()
        => Enumerable.Range(FirstDecade, LastDecade - FirstDecade + 1).Select(d => Math.Pow(10, d)).Select(ms => (ms, Label(ms)));

    private static string Label(double ms) => ms >= 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{ms / 1000:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{ms:0.#} ms");
}
