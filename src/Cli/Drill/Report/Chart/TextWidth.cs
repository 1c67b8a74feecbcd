namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>About how wide a text is, without a font: Chinese is square, and no digit or Latin letter of a usual font is wider on average than 0.6 of that.</summary>
internal static class TextWidth
{
    private const char FirstWide = '\u2E80';

    public static double Of(string text, double size) => text.Sum(c => c >= FirstWide ? 1.0 : 0.6) * size;
}
