namespace Evergrain.WebUI.App.Tables;

/// <summary>Reads a file that a person dropped, by what is in it: a name may lie.</summary>
internal static class TableFile
{
    public const long LargestBytes = 200 * 1024 * 1024;

    /// <summary>More rows than this the page does not take.</summary>
    public const int MostRows = 1_000_000;

    /// <exception cref="TableException">It gives no table; says why.</exception>
    public static async Task<Table> ReadAsync(string name, byte[] bytes, Slices slices)
    {
        // A zip archive, or the container of old Office files.
        var workbook = bytes is [(byte)'P', (byte)'K', 3, 4, ..] or [0xD0, 0xCF, 0x11, 0xE0, ..];
        var (rows, encoding) = workbook ? (await XlsxReader.ReadAsync(new MemoryStream(bytes), slices), "XLSX") : await TextAsync(name, bytes, slices);
        if (rows.Count > MostRows) throw new TableException(TableProblem.TooLarge);
        var table = Table.From(name, rows, null, encoding);
        return table.Rows.Count > 0 ? table : throw new TableException(TableProblem.Empty);
    }

    /// <summary>One row for each line that was pasted, blank ones included.</summary>
    public static Table Lines(string text)
    {
        List<string[]> rows = [.. text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(line => new[] { line })];
        return Table.From("evergrain", rows, false, "");
    }

    private static async Task<(List<string[]> Rows, string Encoding)> TextAsync(string name, byte[] bytes, Slices slices)
    {
        var (text, encoding) = TextDecoder.Decode(bytes);
        char? separator = Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".TSV" or ".TAB" => '\t',
            // A text file's lines are texts, commas and all.
            ".TXT" => text.Contains('\t', StringComparison.Ordinal) ? '\t' : null,
            _ => null,
        };
        if (separator is null && Path.GetExtension(name).Equals(".txt", StringComparison.OrdinalIgnoreCase)) return ([.. Lines(text).Rows], encoding);
        return (await CsvTables.ReadAsync(text, separator, slices), encoding);
    }
}
