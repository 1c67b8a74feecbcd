using Spectre.Console;

namespace Evergrain.Cli.Status;

/// <summary>A table: with lines and colours on a terminal, plain columns where it is redirected to a file or another program.</summary>
internal sealed record TextTable(IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    public void Write(TextWriter output, bool plain, Func<string, string?> colourOf)
    {
        if (plain)
            WritePlain(output);
        else
            WriteRich(colourOf);
    }

    private void WritePlain(TextWriter output)
    {
        var widths = Header.Select((title, column) => Rows.Select(row => row[column].Length).Append(title.Length).Max()).ToList();
        foreach (var row in Rows.Prepend(Header))
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private void WriteRich(Func<string, string?> colourOf)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns([.. Header.Select(Markup.Escape)]);
        foreach (var row in Rows)
        {
            table.AddRow([.. row.Select(cell => colourOf(cell) is { } colour
                ? $"[{colour}]{Markup.Escape(cell)}[/]"
                : Markup.Escape(cell))]);
        }
        AnsiConsole.Write(table);
    }
}
