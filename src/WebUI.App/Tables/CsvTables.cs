using System.Text;
using CsvHelper;

namespace Evergrain.WebUI.App.Tables;

/// <summary>CSV and TSV in and out.</summary>
internal static class CsvTables
{
    private static readonly char[] Separators = [',', '\t', ';', '|'];

    /// <summary>Every record of the text, empty lines included.</summary>
    /// <param name="text">Of the file.</param>
    /// <param name="separator">Null: the one that cuts the first lines most evenly.</param>
    /// <param name="slices">Lets the browser paint.</param>
    public static async Task<List<string[]>> ReadAsync(string text, char? separator, Slices slices)
    {
        var options = new CsvReaderOptions
        {
            HasHeader = false,
            Separator = separator ?? SeparatorOf(text),
            SkipEmptyLines = false,
            TrimWhitespace = false,
            MaxRecordSize = 64 * 1024 * 1024,
        };
        var rows = new List<string[]>();
        using var reader = CsvReader.FromText(text, options);
        while (reader.Read())
        {
            var cells = new string[reader.FieldCount];
            for (var i = 0; i < cells.Length; i++) cells[i] = reader.GetString(i);
            rows.Add(cells);
            if (rows.Count % 500 == 0) await slices.BreatheAsync();
        }

        return rows;
    }

    /// <summary>UTF-8 with a byte order mark, without which Excel takes it for the code page of its system.</summary>
    public static async Task<byte[]> WriteAsync(IEnumerable<string[]> rows, Slices slices)
    {
        using var stream = new MemoryStream();
        using (var text = new StreamWriter(stream, new UTF8Encoding(true), leaveOpen: true))
        using (var writer = CsvWriter.Create(text, new CsvWriterOptions { HasHeader = false, NewLine = "\r\n", ValidateFieldCount = false }, leaveOpen: true))
        {
            var count = 0;
            foreach (var row in rows)
            {
                foreach (var cell in row) writer.WriteField(FormulaCells.Escape(cell));
                writer.EndRecord();
                if (++count % 500 == 0) await slices.BreatheAsync();
            }
        }

        return stream.ToArray();
    }

    /// <summary>The character that stands in the most of the first lines, outside quotes.</summary>
    private static char SeparatorOf(string text)
    {
        Span<int> counts = stackalloc int[Separators.Length];
        var (quoted, lines) = (false, 0);
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, 64 * 1024)))
        {
            if (c == '"') quoted = !quoted;
            else if (c == '\n' && !quoted && ++lines == 20) break;
            else if (!quoted && Array.IndexOf(Separators, c) is >= 0 and var i) counts[i]++;
        }

        var best = 0;
        for (var i = 1; i < counts.Length; i++)
        {
            if (counts[i] > counts[best]) best = i;
        }

        return Separators[best];
    }
}
