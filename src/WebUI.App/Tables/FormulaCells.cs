using System.Globalization;

namespace Evergrain.WebUI.App.Tables;

/// <summary>Keeps a spreadsheet from running what a stranger wrote into a review.</summary>
internal static class FormulaCells
{
    /// <summary>An apostrophe before what a spreadsheet would take for a formula, as OWASP advises ("CSV injection"). Numbers stay numbers.</summary>
    public static string Escape(string cell)
    {
        // Some spreadsheets skip blanks before they look.
        var start = cell.AsSpan().TrimStart();
        var risky = start.Length > 0 && start[0] is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠' || cell.Length > 0 && cell[0] is '\t' or '\r';
        return risky && !decimal.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? "'" + cell : cell;
    }
}
