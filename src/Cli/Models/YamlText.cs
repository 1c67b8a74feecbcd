using YamlDotNet.Core;

namespace Evergrain.Cli.Models;

/// <summary>Writes a text as a scalar that reads back as it is, in a block as well as between braces.</summary>
internal static class YamlText
{
    /// <param name="text">One line.</param>
    /// <param name="style">How the value was written before: its double quotes stay where they can.</param>
    public static string Of(string text, ScalarStyle? style)
    {
        if (style == ScalarStyle.DoubleQuoted && !text.Any(c => c is '"' or '\\' || char.IsControl(c)))
            return $"\"{text}\"";
        return style != ScalarStyle.SingleQuoted && IsPlain(text) ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <summary>Stricter than YAML: a quote too many does no harm.</summary>
    private static bool IsPlain(string text)
        => text.Length > 0 && text != "null" && (IsWord(text[0]) || text[0] == '/') && text.All(c => IsWord(c) || c is '/' or '-' or '+' or '=' or '@');

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '.' or '_';
}
