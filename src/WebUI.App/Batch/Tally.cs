using System.Collections.Immutable;
using Evergrain.WebUI.App.Sentiment;
using Evergrain.WebUI.App.Tables;

namespace Evergrain.WebUI.App.Batch;

/// <summary>
/// Counts a batch's answers, whole and by a column's values: each once, as it comes, for to go through a hundred thousand rows takes the browser a moment. For its one
/// thread; not thread safe.
/// </summary>
internal sealed class Tally(Table table, BatchRun run)
{
    /// <summary>Cells whose day is remembered: files name the same few over and over.</summary>
    private const int MostRemembered = 10_000;

    private readonly Dictionary<string, Shares> _groups = [];
    private readonly Dictionary<string, string> _days = [];
    private (Grouping? Grouping, float Margin) _with;
    private Shares _whole;
    private int _next;

    public BatchRun Run => run;

    /// <summary>When it was counted last.</summary>
    public Shares Whole { get; private set; }

    /// <summary>The same, in order of days, else the largest first; at most <see cref="Grouping.MostGroups"/>. Empty without a grouping.</summary>
    public ImmutableArray<Group> Groups { get; private set; } = [];

    /// <summary>What is to be counted. What was counted otherwise is forgotten; it stays to be seen until the new count is there.</summary>
    /// <param name="grouping">Null: not by a column.</param>
    /// <param name="margin">Of probability, between which and its mirror a row is uncertain.</param>
    public void Want(Grouping? grouping, float margin)
    {
        if (_with == (grouping, margin)) return;
        (_with, _whole, _next) = ((grouping, margin), default, 0);
        _groups.Clear();
    }

    /// <summary>Counts what has been answered since the last time. <see cref="Want"/> may be called meanwhile.</summary>
    /// <param name="corrected">What a person says against the model, by row: it counts instead.</param>
    /// <param name="slices">Lets the browser paint.</param>
    public async Task CountAsync(IReadOnlyDictionary<int, Verdict> corrected, Slices slices)
    {
        while (_next < run.Answered.Count)
        {
            var row = run.Answered[_next++];
            var verdict = VerdictOf(row)!.Value;
            _whole = _whole.Add(verdict);
            if (NameOf(row) is { } name) _groups[name] = _groups.GetValueOrDefault(name).Add(verdict);
            if (_next % 100 == 0) await slices.BreatheAsync();
        }

        Publish(corrected);
    }

    private void Publish(IReadOnlyDictionary<int, Verdict> corrected)
    {
        var (whole, groups) = (_whole, new Dictionary<string, Shares>(_groups));
        foreach (var (row, said) in corrected)
        {
            var (model, name) = (VerdictOf(row), NameOf(row));
            whole = Corrected(whole, model, said);
            if (name is not null) groups[name] = Corrected(groups.GetValueOrDefault(name), model, said);
        }

        var all = groups.Where(g => g.Value.Total > 0).Select(g => new Group(g.Key, g.Value));
        Whole = whole;
        Groups = _with.Grouping is { ByDay: true }
            ? [.. all.OrderBy(g => g.Name, StringComparer.Ordinal).TakeLast(Grouping.MostGroups)]
            : [.. all.OrderByDescending(g => g.Shares.Total).ThenBy(g => g.Name, StringComparer.Ordinal).Take(Grouping.MostGroups)];
    }

    private static Shares Corrected(Shares shares, Verdict? model, Verdict said) => (model is { } counted ? shares.Add(counted, -1) : shares).Add(said);

    private Verdict? VerdictOf(int row) => run.MoodOf(row)?.Of(_with.Margin);

    private string? NameOf(int row)
    {
        if (_with.Grouping is not { } grouping) return null;
        var cell = table.Cell(row, grouping.Column);
        if (!grouping.ByDay) return cell.Trim();
        if (_days.TryGetValue(cell, out var day)) return day;
        day = Days.Of(cell) ?? "";
        if (_days.Count < MostRemembered) _days[cell] = day;
        return day;
    }
}
