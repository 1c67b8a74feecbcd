using System.Text;
using Evergrain.WebUI.App.Tables;

namespace Evergrain.UnitTests.WebUI;

public class CsvTablesTests
{
    private readonly Slices _slices = new(TimeProvider.System);

    static CsvTablesTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Fact]
    public async Task WriteThenRead_QuotesNewlinesThirtyColumnsEmptyLines_TheSame()
    {
        string[][] rows =
        [
            [.. Enumerable.Range(1, 30).Select(i => $"column {i}")],
            [.. Enumerable.Range(1, 30).Select(i => i == 7 ? "他说:\"很好\",\r\n第二行" : $"v{i}")],
            [""],
            [.. Enumerable.Range(1, 30).Select(i => i % 2 == 0 ? "" : " 空格 ")],
            ["一个", "两个"],
        ];
        var bytes = await CsvTables.WriteAsync(rows, _slices);
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        Assert.Equal(rows, await CsvTables.ReadAsync(TextDecoder.Decode(bytes).Text, null, _slices));
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\",\"点我\")", "'=HYPERLINK(\"http://x\",\"点我\")")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("+1+2", "'+1+2")]
    [InlineData("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("  =1", "'  =1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("-5.3", "-5.3")]
    [InlineData("+12", "+12")]
    [InlineData("好=坏", "好=坏")]
    [InlineData("", "")]
    public async Task Write_FormulaCharacters_EscapedNumbersLeft(string cell, string expected)
        => Assert.Equal([[expected]], await CsvTables.ReadAsync(TextDecoder.Decode(await CsvTables.WriteAsync([[cell]], _slices)).Text, ',', _slices));

    [Theory]
    [InlineData("utf-8")]
    [InlineData("gbk")]
    [InlineData("gb18030")]
    [InlineData("utf-16")]
    public async Task Read_Encoding_Detected(string encoding)
    {
        var of = Encoding.GetEncoding(encoding);
        byte[] bytes = [.. of.GetPreamble(), .. of.GetBytes("评论,评分\n房间很干净,5\n差,1\n")];
        var table = await TableFile.ReadAsync("a.csv", bytes, _slices);
        Assert.Equal(["评论", "评分"], table.Header);
        Assert.Equal([["房间很干净", "5"], ["差", "1"]], table.Rows);
        Assert.Equal(encoding switch { "gbk" or "gb18030" => "GB18030", var e => e.ToUpperInvariant() }, table.Encoding);
    }

    [Theory]
    [InlineData("a;b;c\n1,5;2;3\n", "a.csv")]
    [InlineData("a\tb\tc\n1,5\t2\t3\n", "a.csv")]
    [InlineData("a\tb\tc\n1,5\t2\t3\n", "a.tsv")]
    [InlineData("a|b|c\n\"1,5\"|2|3\n", "a.txt.csv")]
    public async Task Read_Separator_Found(string text, string name)
    {
        var table = await TableFile.ReadAsync(name, Encoding.UTF8.GetBytes(text), _slices);
        Assert.Equal(3, table.Columns);
        Assert.Equal("1,5", table.Cell(table.Rows.Count - 1, 0));
    }

    [Fact]
    public async Task Read_TextFile_ALineATextWithItsCommas()
    {
        var table = await TableFile.ReadAsync("a.txt", Encoding.UTF8.GetBytes("很好，不错, 真的\n\n差\n\n"), _slices);
        Assert.Empty(table.Header);
        Assert.Equal([["很好，不错, 真的"], [""], ["差"]], table.Rows);
    }

    [Fact]
    public async Task Read_EmptyLineInTheMiddle_KeepsItsPlace()
    {
        var table = await TableFile.ReadAsync("a.csv", "text,day\n好,1\n\n差,2\n\n\n"u8.ToArray(), _slices);
        Assert.Equal(3, table.Rows.Count);
        Assert.True(table.IsEmpty(1));
        Assert.Equal("差", table.Cell(2, 0));
    }

    [Theory]
    [InlineData("text,label\n", TableProblem.Empty)]
    [InlineData("", TableProblem.Empty)]
    [InlineData("\n\n", TableProblem.Empty)]
    [InlineData("a\0b", TableProblem.NotATable)]
    [InlineData("PK\u0003\u0004 is no workbook", TableProblem.Unreadable)]
    public async Task Read_NoTable_SaysWhy(string text, TableProblem problem)
    {
        // One line alone is a row, not a header.
        if (text.StartsWith("text", StringComparison.Ordinal)) Assert.Single((await TableFile.ReadAsync("a.csv", Encoding.UTF8.GetBytes(text), _slices)).Rows);
        else Assert.Equal(problem, (await Assert.ThrowsAsync<TableException>(() => TableFile.ReadAsync("a.csv", Encoding.UTF8.GetBytes(text), _slices))).Problem);
    }

    [Theory]
    [InlineData("id,评论内容,日期\n1,房间很干净,2026-01-02", true, 1)]
    [InlineData("1,房间很干净,2026-01-02\n2,差,2026-01-03", false, 1)]
    [InlineData("很好\n很差\n一般", false, 0)]
    [InlineData("review\n很差\n一般", true, 0)]
    [InlineData("店名,多少\n春天,12\n夏天,9", true, 0)]
    public async Task Guess_HeaderAndTextColumn_AsAPersonWould(string text, bool header, int column)
    {
        var table = await TableFile.ReadAsync("a.csv", Encoding.UTF8.GetBytes(text), _slices);
        Assert.Equal((header, column), (!table.Header.IsEmpty, ColumnGuess.TextColumn(table)));
    }

    [Fact]
    public async Task WithHeader_Toggled_TheFirstRowMoves()
    {
        var table = await TableFile.ReadAsync("a.csv", "text,n\n好,1\n差,2"u8.ToArray(), _slices);
        var without = table.WithHeader(false);
        Assert.Equal((3, "A", "a"), (without.Rows.Count, without.ColumnName(0), without.Name));
        Assert.Equal((2, "text"), (without.WithHeader(true).Rows.Count, without.WithHeader(true).ColumnName(0)));
    }
}
