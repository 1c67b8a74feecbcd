using System.Collections;
using System.Collections.Immutable;

namespace Evergrain.WebUI.App.Tables;

/// <summary>What a person gave: lines that were pasted, or a file's first sheet. Rows are as in the source, empty ones included, so that a result lies beside
/// what it belongs to.</summary>
internal sealed class Table
{
    /// <summary>A file name without its ending, for what is downloaded.</summary>
    public required string Name { get; init; }

    /// <summary>The first row, where it names the columns; else empty.</summary>
    public ImmutableArray<string> Header { get; init; } = [];

    /// <summary>The other rows; a short one lacks its last cells.</summary>
    public required List<string[]> Rows { get; init; }

    /// <summary>"UTF-8", "GB18030" …; for a person who wonders.</summary>
    public string Encoding { get; init; } = "";

    public int Columns { get; init; } = 1;

    public string Cell(int row, int column) => Rows[row] is var cells && column < cells.Length ? cells[column] : "";

    /// <summary>A column's cells, not copied.</summary>
    public IReadOnlyList<string> Column(int column) => new Cells(this, column);

    /// <summary>Nothing but blanks in the row.</summary>
    public bool IsEmpty(int row) => Array.TrueForAll(Rows[row], string.IsNullOrWhiteSpace);

    /// <summary>The header's name, or A, B … Z, AA as in a spreadsheet.</summary>
    public string ColumnName(int column) => column < Header.Length && !string.IsNullOrWhiteSpace(Header[column]) ? Header[column] : Letters(column);

    /// <param name="name">The file's name.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="hasHeader">Whether the first one names the columns; null: look.</param>
    /// <param name="encoding">What the file was read as.</param>
    public static Table From(string name, List<string[]> rows, bool? hasHeader, string encoding)
    {
        // A file that ends with empty lines has no rows there.
        while (rows.Count > 0 && Array.TrueForAll(rows[^1], string.IsNullOrWhiteSpace)) rows.RemoveAt(rows.Count - 1);
        var header = rows.Count > 1 && (hasHeader ?? ColumnGuess.IsHeader(rows)) ? rows[0] : null;
        if (header is not null) rows.RemoveAt(0);
        return new Table
        {
            Name = Path.GetFileNameWithoutExtension(name),
            Header = header is null ? [] : [.. header],
            Rows = rows,
            Encoding = encoding,
            Columns = Math.Max(1, Math.Max(header?.Length ?? 0, rows.Count == 0 ? 0 : rows.Max(r => r.Length))),
        };
    }

    /// <summary>The same rows, with the first as the header or not.</summary>
    public Table WithHeader(bool hasHeader)
    {
        if (hasHeader == !Header.IsEmpty) return this;
        List<string[]> rows = hasHeader ? [.. Rows] : [[.. Header], .. Rows];
        return From(Name + ".x", rows, hasHeader, Encoding);
    }

    private sealed class Cells(Table table, int column) : IReadOnlyList<string>
    {
        public int Count => table.Rows.Count;

        public string this[int row] => table.Cell(row, column);

        public IEnumerator<string> GetEnumerator() => Enumerable.Range(0, Count).Select(row => this[row]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private static string Letters(int column) => (column >= 26 ? Letters((column / 26) - 1) : "") + (char)('A' + (column % 26));
}
