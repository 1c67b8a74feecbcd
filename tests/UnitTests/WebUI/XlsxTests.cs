using Evergrain.WebUI.App.Tables;
using ExcelDataReader;

namespace Evergrain.UnitTests.WebUI;

public class XlsxTests
{
    private readonly Slices _slices = new(TimeProvider.System);

    [Fact]
    public async Task WriteThenRead_TextsOfAllKinds_TheSame()
    {
        string[][] rows = [["评论", "概率"], ["他说:\"很好\",\n第二行 <b>&</b> 😀", "0.5"], ["", ""], [" 空格 ", "1"]];
        Assert.Equal(rows, await XlsxReader.ReadAsync(new MemoryStream(await XlsxWriter.WriteAsync(rows, new HashSet<int> { 1 }, _slices)), _slices));
    }

    [Fact]
    public async Task Write_Numbers_AreNumbersAndFormulasAreEscapedText()
    {
        var bytes = await XlsxWriter.WriteAsync([["a", "b"], ["=HYPERLINK(\"http://x\")", "0.25"]], new HashSet<int> { 1 }, _slices);
        System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance);
        using var reader = ExcelReaderFactory.CreateReader(new MemoryStream(bytes));
        reader.Read();
        reader.Read();
        Assert.Equal("'=HYPERLINK(\"http://x\")", reader.GetValue(0));
        Assert.Equal(0.25, reader.GetValue(1));
    }

    [Fact]
    public async Task Write_WhatXmlCannotHold_Replaced()
    {
        var bytes = await XlsxWriter.WriteAsync([["a\u0001b\uD800c😀"]], new HashSet<int>(), _slices);
        Assert.Equal([["a\uFFFDb\uFFFDc😀"]], await XlsxReader.ReadAsync(new MemoryStream(bytes), _slices));
    }

    [Fact]
    public async Task Read_ByContent_WhateverTheName()
    {
        var bytes = await XlsxWriter.WriteAsync([["评论", "日期"], ["很好", "2026-01-02"]], new HashSet<int>(), _slices);
        var table = await TableFile.ReadAsync("a.csv", bytes, _slices);
        Assert.Equal(("评论", "很好"), (table.ColumnName(0), table.Cell(0, 0)));
    }
}
