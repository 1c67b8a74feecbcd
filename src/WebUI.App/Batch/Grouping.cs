using System.Collections.Immutable;
using Evergrain.WebUI.App.Sentiment;
using Evergrain.WebUI.App.Tables;

namespace Evergrain.WebUI.App.Batch;

/// <summary>How many rows of one kind there are.</summary>
internal readonly record struct Shares(int Positive, int Negative, int Uncertain)
{
    public int Total => Positive + Negative + Uncertain;

    /// <param name="verdict">Of the rows.</param>
    /// <param name="rows">So many; fewer than none takes some away.</param>
    public Shares Add(Verdict verdict, int rows = 1) => verdict switch
    {
        Verdict.Positive => this with { Positive = Positive + rows },
        Verdict.Negative => this with { Negative = Negative + rows },
        _ => this with { Uncertain = Uncertain + rows },
    };
}

/// <summary>The rows of a table that have the same value in a column, or the same day.</summary>
internal sealed record Group(string Name, Shares Shares);

/// <summary>A column that is worth grouping by.</summary>
/// <param name="Column">Its place.</param>
/// <param name="ByDay">It holds days, or points in time.</param>
internal sealed record Grouping(int Column, bool ByDay)
{
    /// <summary>A column with more values than this is none to group by.</summary>
    public const int MostGroups = 60;

    private const int LookedForDays = 200; // reading one takes a while
    private const int LookedForValues = 2_000;

    /// <summary>Columns that are worth grouping by: days, or few values that repeat; never the texts themselves.</summary>
    public static ImmutableArray<Grouping> Of(Table table, int textColumn)
        => [.. Enumerable.Range(0, table.Columns).Where(c => c != textColumn).Select(c => At(table, c)).OfType<Grouping>()];

    private static Grouping? At(Table table, int column)
    {
        if (IsDays(First(table, column, LookedForDays))) return new Grouping(column, true);
        var values = new HashSet<string>();
        foreach (var cell in First(table, column, LookedForValues))
        {
            if (cell.Trim() is { Length: > 0 } value) values.Add(value);
            if (values.Count > MostGroups) return null;
        }

        return values.Count > 1 && values.Count <= Math.Max(2, Math.Min(LookedForValues, table.Rows.Count) / 2) ? new Grouping(column, false) : null;
    }

    private static bool IsDays(IEnumerable<string> cells)
    {
        var (days, filled) = (0, 0);
        foreach (var cell in cells)
        {
            if (cell.Length == 0) continue;
            filled++;
            if (Days.Of(cell) is not null) days++;
        }

        return filled > 1 && days >= 0.9 * filled;
    }

    /// <summary>Cells of the first rows.</summary>
    private static IEnumerable<string> First(Table table, int column, int most)
        => Enumerable.Range(0, Math.Min(most, table.Rows.Count)).Select(row => table.Cell(row, column));
}
