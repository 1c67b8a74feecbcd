using System.Globalization;
using ExcelDataReader;

namespace Evergrain.WebUI.App.Tables;

/// <summary>The first sheet of a workbook (XLSX, and the old XLS).</summary>
internal static class XlsxReader
{
    /// <exception cref="TableException">Damaged, or protected by a password.</exception>
    public static async Task<List<string[]>> ReadAsync(Stream file, Slices slices)
    {
        System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance);
        try
        {
            using var reader = ExcelReaderFactory.CreateReader(file);
            var rows = new List<string[]>();
            while (reader.Read())
            {
                var cells = new string[reader.FieldCount];
                for (var i = 0; i < cells.Length; i++) cells[i] = Text(reader.GetValue(i));
                rows.Add(cells);
                if (rows.Count % 50 == 0) await slices.BreatheAsync();
            }

            return rows;
        }
        catch (Exception e) when (e is not TableException and not OutOfMemoryException)
        {
            // Whatever a damaged file makes the reader throw: the person is told that it is damaged.
            throw new TableException(TableProblem.Unreadable, e);
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        DateTime { TimeOfDay.Ticks: 0 } day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
