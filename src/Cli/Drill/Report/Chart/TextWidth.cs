namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>
/// About how wide a text is, without a font: Chinese is square, and digits and Latin letters of a usual font are on average 0.6 of that at most.
/// </summary>
internal static class TextWidth
{
    private const char FirstWide = '\u2E80';

    public static double Of(string text, double size) => text.Sum(c => c >= FirstWide ? 1.0 : 0.6) * size;
}
