using Evergrain.WebUI.App.Batch;
using Evergrain.WebUI.App.Sentiment;
using Evergrain.WebUI.App.Tables;

namespace Evergrain.WebUI.App.Pages;

/// <summary>Which rows a person wants to see.</summary>
public enum RowKind
{
    All,
    Positive,
    Negative,
    Uncertain,

    /// <summary>Without an answer.</summary>
    Failed,

    /// <summary>Answered with little confidence and not yet looked at by a person; the least confident first.</summary>
    Review,

    /// <summary>Looked at by a person.</summary>
    Corrected,
}

/// <summary>Picks rows by kind, confidence and words.</summary>
internal sealed record RowFilter
{
    /// <summary>What less confidence than this is to be reviewed.</summary>
    public const float ReviewBelow = 0.75f;

    public RowKind Kind { get; init; }

    /// <summary>0.5 to 1; rows without an answer have none.</summary>
    public float LeastConfidence { get; init; } = 0.5f;

    public string Words { get; init; } = "";

    /// <summary>Every row is meant, whatever its answer.</summary>
    public bool TakesAll => Kind == RowKind.All && LeastConfidence <= 0.5f && string.IsNullOrWhiteSpace(Words);

    /// <summary>The rows, in order; for <see cref="RowKind.Review"/> the least confident first.</summary>
    public async ValueTask<List<int>> RowsAsync(Table table, int textColumn, BatchRun run, IReadOnlyDictionary<int, Verdict> corrected, float margin, Slices slices)
    {
        if (TakesAll) return [.. Enumerable.Range(0, run.Count)];
        var words = Words.Trim();
        var rows = new List<int>();
        for (var row = 0; row < run.Count; row++)
        {
            if (row % 200 == 199) await slices.BreatheAsync();
            if (IsMeant(row, run, corrected, margin) && (words.Length == 0 || table.Cell(row, textColumn).Contains(words, StringComparison.OrdinalIgnoreCase))) rows.Add(row);
        }

        if (Kind == RowKind.Review) rows.Sort((a, b) => run.MoodOf(a)!.Value.Confidence.CompareTo(run.MoodOf(b)!.Value.Confidence));
        return rows;
    }

    private bool IsMeant(int row, BatchRun run, IReadOnlyDictionary<int, Verdict> corrected, float margin)
    {
        var mood = run.MoodOf(row);
        if (LeastConfidence > 0.5f && !(mood?.Confidence >= LeastConfidence)) return false;
        return Kind switch
        {
            RowKind.All => true,
            RowKind.Failed => run.StateOf(row) == RowState.Failed,
            RowKind.Corrected => corrected.ContainsKey(row),
            RowKind.Review => mood?.Confidence < ReviewBelow && !corrected.ContainsKey(row),
            RowKind.Positive => Verdict.Positive == Shown(row, mood, corrected, margin),
            RowKind.Negative => Verdict.Negative == Shown(row, mood, corrected, margin),
            _ => Verdict.Uncertain == Shown(row, mood, corrected, margin),
        };
    }

    private static Verdict? Shown(int row, Mood? mood, IReadOnlyDictionary<int, Verdict> corrected, float margin)
        => corrected.TryGetValue(row, out var verdict) ? verdict : mood?.Of(margin);
}
