using System.Globalization;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Judging;

/// <summary>How limits and measures are written.</summary>
internal static class Texts
{
    public const string Missing = "no event";

    public static string Of(TimeSpan time) => time.TotalSeconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0#} s");

    public static string Percent(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    public static string Of(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>The same words with a silo's name before them.</summary>
    public static Bilingual About(string who, string zh, string en) => new($"{who}:{zh}", $"{who}: {en}");
}
