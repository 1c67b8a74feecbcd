using System.Globalization;

namespace Evergrain.WebUI.App.Tables;

/// <summary>Reads days as people and spreadsheets write them.</summary>
internal static class Days
{
    private static readonly string[] Formats =
    [
        "yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "yyyy年M月d日", "yyyyMMdd", "yyyy-M-d H:m", "yyyy-M-d H:m:s", "yyyy/M/d H:m", "yyyy/M/d H:m:s",
        "yyyy-M-d'T'H:m:s", "yyyy-M-d'T'H:m:sK", "yyyy-M-d'T'H:m:s.FFFFFFFK",
    ];

    /// <summary>"2026-11-27"; null where the cell is no day.</summary>
    public static string? Of(string cell)
        => DateTime.TryParseExact(cell.Trim(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;
}
