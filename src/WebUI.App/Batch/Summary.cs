using System.Collections.Immutable;
using Evergrain.WebUI.App.Sentiment;
using Evergrain.WebUI.App.Tables;

namespace Evergrain.WebUI.App.Batch;

/// <summary>How many rows of one kind there are.</summary>
internal readonly record struct Shares(int Positive, int Negative, int Uncertain)
{
    public int Total => Positive + Negative + Uncertain;

    public Shares Add(Verdict verdict) => verdict switch
    {
        Verdict.Positive => this with { Positive = Positive + 1 },
        Verdict.Negative => this with { Negative = Negative + 1 },
        _ => this with { Uncertain = Uncertain + 1 },
    };
}

/// <summary>The rows of a table that have the same value in a column, or the same day.</summary>
internal sealed record Group(string Name, Shares Shares);

/// <summary>Counts answered rows, whole and by a column's values.</summary>
internal static class Summary
{
    /// <summary>A column with more values than this is none to group by.</summary>
    public const int MostGroups = 60;

    private const int Looked = 2_000;

    /// <param name="verdicts">One for each row; null where there is none.</param>
    public static Shares Of(IEnumerable<Verdict?> verdicts) => verdicts.OfType<Verdict>().Aggregate(default(Shares), (shares, verdict) => shares.Add(verdict));

    /// <summary>Columns that are worth grouping by: days, or few values that repeat; never the texts themselves.</summary>
    public static ImmutableArray<int> Groupable(Table table, int textColumn)
    {
        var rows = Math.Min(Looked, table.Rows.Count);
        return [.. Enumerable.Range(0, table.Columns).Where(c => c != textColumn && IsGroupable(table, c, rows))];
    }

    /// <summary>In order of days, else the largest first; at most <see cref="MostGroups"/>.</summary>
    public static ImmutableArray<Group> By(Table table, int column, Func<int, Verdict?> verdictOf)
    {
        var days = IsDays(table, column, Math.Min(Looked, table.Rows.Count));
        var groups = new Dictionary<string, Shares>();
        for (var row = 0; row < table.Rows.Count; row++)
        {
            if (verdictOf(row) is not { } verdict) continue;
            var name = days ? Days.Of(table.Cell(row, column)) ?? "" : table.Cell(row, column).Trim();
            groups[name] = groups.GetValueOrDefault(name).Add(verdict);
        }

        var all = groups.Select(g => new Group(g.Key, g.Value));
        return days
            ? [.. all.OrderBy(g => g.Name, StringComparer.Ordinal).TakeLast(MostGroups)]
            : [.. all.OrderByDescending(g => g.Shares.Total).ThenBy(g => g.Name, StringComparer.Ordinal).Take(MostGroups)];
    }

    private static bool IsGroupable(Table table, int column, int rows)
    {
        if (IsDays(table, column, rows)) return true;
        var values = new HashSet<string>();
        for (var r = 0; r < rows; r++)
        {
            if (table.Cell(r, column).Trim() is { Length: > 0 } value) values.Add(value);
            if (values.Count > MostGroups) return false;
        }

        return values.Count > 1 && values.Count <= Math.Max(2, rows / 2);
    }

    private static bool IsDays(Table table, int column, int rows)
    {
        var (days, filled) = (0, 0);
        for (var r = 0; r < rows; r++)
        {
            if (table.Cell(r, column) is not { Length: > 0 } cell) continue;
            filled++;
            if (Days.Of(cell) is not null) days++;
        }

        return filled > 1 && days >= 0.9 * filled;
    }
}
