using System.Text;

namespace Evergrain.Cli.Drill.Report;

/// <summary>Text that Markdown shows as it is: an exception's message must not become a heading, a tag or a column.</summary>
internal static class MarkdownText
{
    private const string Special = "\\`*_[]<>|#~$";

    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c == '&')
                escaped.Append("&amp;");
            else if (char.IsControl(c))
                escaped.Append(' ');
            else if (Special.Contains(c, StringComparison.Ordinal))
                escaped.Append('\\').Append(c);
            else
                escaped.Append(c);
        }
        return escaped.ToString();
    }

    /// <summary>A row of a table; the cells are Markdown already.</summary>
    public static string Row(params IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";

    public static string Separator(int columns) => $"|{string.Concat(Enumerable.Repeat("---|", columns))}\n";
}
