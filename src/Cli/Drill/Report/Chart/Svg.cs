using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>Elements of a drawing; all lengths are in the drawing's own units, about a pixel on a screen.</summary>
internal static class Svg
{
    public static readonly XNamespace Namespace = "http://www.w3.org/2000/svg";

    public const string Ink = "#1c2733";
    public const string Grey = "#5b6672";
    public const string Grid = "#e3e8ec";
    public const string Bad = "#a8201a";

    public static XElement El(string name, params object?[] content) => new(Namespace + name, content);

    public static XAttribute At(string name, string value) => new(name, Html.Clean(value));

    public static XAttribute At(string name, double value) => new(name, Number(value));

    public static XElement Text(double x, double y, string text, double size, string colour, string anchor = "start") => El("text",
        At("x", x), At("y", y), At("font-size", size), At("fill", colour), At("text-anchor", anchor), Html.Clean(text));

    /// <summary>Both languages in one line, the English in grey.</summary>
    public static XElement Text(double x, double y, Bilingual text, double size) => El("text",
        At("x", x), At("y", y), At("font-size", size), At("fill", Ink), At("font-weight", "600"), Html.Clean(text.Zh) + " ",
        El("tspan", At("fill", Grey), At("font-weight", "400"), At("font-size", size * 0.9), At("lang", "en"), Html.Clean(text.En)));

    /// <summary>A text with a white rim, readable whatever is behind it.</summary>
    public static XElement Halo(XElement text)
    {
        text.Add(At("paint-order", "stroke"), At("stroke", "#fff"), At("stroke-width", 6), At("stroke-linejoin", "round"));
        return text;
    }

    public static XElement Line(double x1, double y1, double x2, double y2, string colour, double width = 1) => El("line",
        At("x1", x1), At("y1", y1), At("x2", x2), At("y2", y2), At("stroke", colour), At("stroke-width", width));

    /// <summary>One decimal: a tenth of a pixel, and a file of half the size.</summary>
    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>Adds "M12.5 3" and the like.</summary>
    public static StringBuilder Step(this StringBuilder path, char command, params ReadOnlySpan<double> values)
    {
        path.Append(command);
        for (var i = 0; i < values.Length; i++)
            path.Append(i == 0 ? "" : " ").Append(Number(values[i]));
        return path;
    }
}
