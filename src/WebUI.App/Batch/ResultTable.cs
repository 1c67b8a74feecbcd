using System.Globalization;
using Evergrain.WebUI.App.Sentiment;
using Evergrain.WebUI.App.Tables;

namespace Evergrain.WebUI.App.Batch;

/// <summary>Names of what is added to a person's columns.</summary>
internal sealed record ResultNames(string Label, string Confidence, string Positive, string Negative, string Corrected, string Problem, Func<Verdict, string> Of);

/// <summary>The original columns with the results behind them, as rows to write.</summary>
internal static class ResultTable
{
    private const int Added = 6;

    /// <summary>Places of the columns that hold numbers.</summary>
    public static IReadOnlySet<int> Numbers(Table table) => new HashSet<int> { table.Columns + 1, table.Columns + 2, table.Columns + 3 };

    public static IEnumerable<string[]> Rows(Table table, BatchRun run, IReadOnlyDictionary<int, Verdict> corrected, float margin, ResultNames names)
    {
        yield return
        [
            .. Enumerable.Range(0, table.Columns).Select(table.ColumnName),
            names.Label, names.Confidence, names.Positive, names.Negative, names.Corrected, names.Problem,
        ];
        for (var row = 0; row < table.Rows.Count; row++)
        {
            var cells = new string[table.Columns + Added];
            for (var c = 0; c < table.Columns; c++) cells[c] = table.Cell(row, c);
            Fill(cells.AsSpan(table.Columns), row, run, corrected, margin, names);
            yield return cells;
        }
    }

    private static void Fill(Span<string> cells, int row, BatchRun run, IReadOnlyDictionary<int, Verdict> corrected, float margin, ResultNames names)
    {
        cells.Fill("");
        if (run.MoodOf(row) is { } mood)
        {
            cells[0] = names.Of(mood.Of(margin));
            cells[1] = Number(mood.Confidence);
            cells[2] = Number(mood.Positive);
            cells[3] = Number(mood.Negative);
        }

        if (corrected.TryGetValue(row, out var verdict)) cells[4] = names.Of(verdict);
        if (run.ProblemOf(row) is { } problem) cells[5] = $"{problem.Code}: {problem.Detail}";
    }

    private static string Number(float share) => share.ToString("0.####", CultureInfo.InvariantCulture);
}
