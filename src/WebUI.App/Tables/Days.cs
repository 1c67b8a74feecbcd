using System.Globalization;

namespace Evergrain.WebUI.App.Tables;

/// <summary>Reads days as people and spreadsheets write them.</summary>
internal static class Days
{
    private const int Shortest = 8; // 2026-1-2
    private const int Longest = 40;

    private static readonly string[] Formats =
    [
        "yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "yyyy年M月d日", "yyyyMMdd", "yyyy-M-d H:m", "yyyy-M-d H:m:s", "yyyy/M/d H:m", "yyyy/M/d H:m:s",
        "yyyy-M-d'T'H:m:s", "yyyy-M-d'T'H:m:sK", "yyyy-M-d'T'H:m:s.FFFFFFFK",
    ];

    /// <summary>"2026-11-27"; null where the cell is no day.</summary>
    public static string? Of(string cell)
    {
        var text = cell.AsSpan().Trim();
        if (text.Length is < Shortest or > Longest || !char.IsAsciiDigit(text[0])) return null; // one format after the other is slow to try
        return DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;
    }
}
