using System.Collections.Immutable;
using Evergrain.WebUI.App.Batch;
using Evergrain.WebUI.App.Gateways;
using Evergrain.WebUI.App.Language;
using Evergrain.WebUI.App.Pages;
using Evergrain.WebUI.App.Sentiment;
using Evergrain.WebUI.App.Tables;

namespace Evergrain.UnitTests.WebUI;

/// <summary>What is made of a finished batch: summary, filters, the table to download.</summary>
public class ResultsTests
{
    private const float Margin = 0.2f;

    /// <summary>Text and day; the number in the text is the probability of positive, in percent.</summary>
    private static readonly Table Reviews = Table.From(
        "reviews.csv",
        [["评论", "日期", "店"], ["95", "2026/1/2", "甲"], ["5", "2026-01-02 10:30", "甲"], ["55", "2026年1月3日", "乙"], ["", "", ""], ["70", "2026-01-03", "乙"]],
        true,
        "UTF-8");

    [Fact]
    public async Task Rows_ToDownload_OriginalColumnsThenTheResults()
    {
        var rows = ResultTable.Rows(Reviews, await RunAsync(), new Dictionary<int, Verdict> { [2] = Verdict.Negative }, Margin, ChineseWords.All.Results).ToList();
        Assert.Equal(["评论", "日期", "店", "情感", "置信度", "正面概率", "负面概率", "人工修正", "错误"], rows[0]);
        Assert.Equal(["95", "2026/1/2", "甲", "正面", "0.95", "0.95", "0.05", "", ""], rows[1]);
        Assert.Equal(["55", "2026年1月3日", "乙", "不确定", "0.55", "0.55", "0.45", "负面", ""], rows[3]);
        Assert.Equal(["", "", "", "", "", "", "", "", ""], rows[4]);
        Assert.Equal(6, rows.Count);
    }

    [Fact]
    public async Task By_Days_OneGroupADayInOrder()
    {
        var run = await RunAsync();
        Assert.Equal([new Grouping(1, true), new Grouping(2, false)], Grouping.Of(Reviews, 0));
        Assert.Equal(
            [new Group("2026-01-02", new Shares(1, 1, 0)), new Group("2026-01-03", new Shares(1, 0, 1))],
            (await CountAsync(new Tally(Reviews, run), new Grouping(1, true), [])).Groups);
    }

    [Fact]
    public async Task Tally_CorrectedRows_CountAsThePersonSays()
    {
        var run = await RunAsync();
        var tally = await CountAsync(new Tally(Reviews, run), new Grouping(2, false), new() { [0] = Verdict.Uncertain, [3] = Verdict.Negative });
        Assert.Equal(new Shares(1, 2, 2), tally.Whole);
        Assert.Equal([new Group("乙", new Shares(1, 0, 1)), new Group("甲", new Shares(0, 1, 1)), new Group("", new Shares(0, 1, 0))], tally.Groups);
        Assert.Equal(new Shares(2, 1, 1), (await CountAsync(tally, new Grouping(2, false), [])).Whole); // taken back
    }

    [Fact]
    public async Task Tally_AnswersBetweenTwoCounts_EachCountedOnce()
    {
        var run = new BatchRun([.. Reviews.Rows.Select(r => r[0])], new Percent(), TimeProvider.System);
        var tally = await CountAsync(new Tally(Reviews, run), new Grouping(1, true), []);
        Assert.Equal((default, 0), (tally.Whole, tally.Groups.Length));
        await run.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 2; i++) Assert.Equal(new Shares(2, 1, 1), (await CountAsync(tally, new Grouping(1, true), [])).Whole);
        tally.Want(null, 0.8f);
        Assert.Equal(new Shares(2, 1, 1), tally.Whole); // until the new count is there
        await CountAsync(tally, null, [], 0.8f);
        Assert.Equal((new Shares(1, 1, 2), 0), (tally.Whole, tally.Groups.Length));
    }

    [Fact]
    public void Groupable_NumbersThatNeverRepeat_NoGroups()
    {
        var table = Table.From("a", [["评论", "编号"], .. Enumerable.Range(0, 200).Select(i => new[] { $"t{i}", $"{i}" })], true, "");
        Assert.Empty(Grouping.Of(table, 0));
    }

    [Theory]
    [InlineData(RowKind.All, 0.5f, "", "0 1 2 3 4")]
    [InlineData(RowKind.Positive, 0.5f, "", "0 4")]
    [InlineData(RowKind.Negative, 0.5f, "", "1 2")] // one of them by a person's word
    [InlineData(RowKind.Uncertain, 0.5f, "", "")]
    [InlineData(RowKind.Corrected, 0.5f, "", "2")]
    [InlineData(RowKind.Review, 0.5f, "", "4")]
    [InlineData(RowKind.All, 0.9f, "", "0 1")]
    [InlineData(RowKind.All, 0.5f, "5", "0 1 2")]
    public async Task Filter_KindConfidenceWords_TheRowsMeant(RowKind kind, float least, string words, string rows)
    {
        var filter = new RowFilter { Kind = kind, LeastConfidence = least, Words = words };
        var shown = await filter.RowsAsync(Reviews, 0, await RunAsync(), new Dictionary<int, Verdict> { [2] = Verdict.Negative }, Margin, new Slices(TimeProvider.System));
        Assert.Equal(rows, string.Join(' ', shown));
    }

    [Fact]
    public async Task Filter_Review_TheLeastConfidentFirst()
    {
        var filter = new RowFilter { Kind = RowKind.Review };
        Assert.Equal([2, 4], await filter.RowsAsync(Reviews, 0, await RunAsync(), new Dictionary<int, Verdict>(), Margin, new Slices(TimeProvider.System)));
    }

    private static async Task<Tally> CountAsync(Tally tally, Grouping? grouping, Dictionary<int, Verdict> corrected, float margin = Margin)
    {
        tally.Want(grouping, margin);
        await tally.CountAsync(corrected, new Slices(TimeProvider.System));
        return tally;
    }

    private static async Task<BatchRun> RunAsync()
    {
        var run = new BatchRun([.. Reviews.Rows.Select(r => r[0])], new Percent(), TimeProvider.System);
        await run.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        return run;
    }

    private sealed class Percent : IPredictor
    {
        public Task<PredictAnswer> PredictAsync(IReadOnlyList<string> texts, CallLimits limits, CancellationToken cancellationToken) => Task.FromResult(new PredictAnswer
        {
            Results = [.. texts.Select(t => new PredictRow { Probabilities = ImmutableDictionary<string, float>.Empty.Add("positive", int.Parse(t, System.Globalization.CultureInfo.InvariantCulture) / 100f) })],
        });
    }
}
