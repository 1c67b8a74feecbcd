using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using static Microsoft.Playwright.Assertions;

namespace Evergrain.BrowserTests;

[Collection(HealthyPages.Name)]
public sealed class ManyTextsTests(PagesCluster pages, Browser browser)
{
    static ManyTextsTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Fact]
    public async Task Csv_5000RowsInGbkWithAHeader_EveryRowAnsweredInOrderAndSaved()
    {
        var texts = Texts.Of(5_000);
        var csv = "编号,评论,日期,门店\r\n" + string.Concat(texts.Select((t, i) => $"{i},{t},2026-11-{(i % 9) + 1:00},{(i % 3 == 0 ? "东店" : "西店")}\r\n"));
        await using var visit = await OpenAsync();
        await visit.UploadAsync("评论.csv", Encoding.GetEncoding("GBK").GetBytes(csv));
        await Expect(visit.Test("preview")).ToContainTextAsync("5,000 行 · 4 列 · GB18030");
        await Expect(visit.Page.Locator("#column option:checked")).ToHaveTextAsync("评论");
        await visit.Test("start").ClickAsync();
        await visit.UntilDoneAsync();
        await Expect(visit.Test("counts")).ToContainTextAsync("已完成 5,000 / 5,000");
        await Expect(visit.Test("groups").Locator("tbody tr")).ToHaveCountAsync(9);
        await RequireMarginCountsAsync(visit);

        var rows = Downloads.Csv(await visit.DownloadAsync("save-csv"));
        Assert.Equal(["编号", "评论", "日期", "门店", "情感", "置信度", "正面概率", "负面概率", "人工修正", "错误"], rows[0]);
        Assert.Equal(5_001, rows.Count);
        Assert.Equal(texts, rows.Skip(1).Select(r => r[1]));
        await RequireSameAsTheApiAsync(pages.Cluster.GatewayA, [.. rows.Skip(1)]);
        visit.RequireNoErrors();
    }

    /// <summary>With a wider margin more rows are uncertain: in the sums, and in the rows that are shown.</summary>
    private static async Task RequireMarginCountsAsync(Visit visit)
    {
        var (sums, shown) = (visit.Test("summary").Locator(".facts"), visit.Test("rows").Locator(".hint[role=status]"));
        await visit.Page.Locator("#kind").SelectOptionAsync("Uncertain");
        var margin = visit.Test("summary").Locator("input[type=range]");
        await margin.FillAsync("0");
        await Expect(shown).ToContainTextAsync("显示 0 /");
        var before = await sums.TextContentAsync() ?? "";
        await margin.FillAsync("0.8");
        await Expect(sums).Not.ToHaveTextAsync(before);
        await Expect(shown).Not.ToContainTextAsync("显示 0 /");
        await margin.FillAsync("0.2");
        await visit.Page.Locator("#kind").SelectOptionAsync("All");
    }

    [Fact]
    public async Task Csv_QuotesNewlines30ColumnsEmptyLinesFormulas_RoundTripsWithFormulasEscaped()
    {
        var formula = "=HYPERLINK(\"http://example.cn\",\"点我\")";
        var csv = new StringBuilder(string.Join(',', Enumerable.Range(1, 30).Select(i => i == 5 ? "内容" : $"列{i}"))).Append("\r\n");
        csv.Append(string.Join(',', Enumerable.Range(1, 30).Select(i => i == 5 ? "\"他说：\"\"很好\"\"，\n真的很好\"" : $"a{i}"))).Append("\r\n\r\n");
        csv.Append(string.Join(',', Enumerable.Range(1, 30).Select(i => i == 5 ? $"\"{formula.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : i == 9 ? "@x" : $"b{i}"))).Append("\r\n");
        await using var visit = await OpenAsync();
        await visit.UploadAsync("odd.csv", Encoding.UTF8.GetBytes(csv.ToString()));
        await visit.Test("start").ClickAsync();
        await visit.UntilDoneAsync();
        await Expect(visit.Test("counts")).ToContainTextAsync("已完成 2 / 2 · 空行 1");
        var rows = Downloads.Csv(await visit.DownloadAsync("save-csv"));
        Assert.All(rows, r => Assert.Equal(36, r.Length));
        Assert.Equal("他说：\"很好\"，\n真的很好", rows[1][4]);
        Assert.Equal(Enumerable.Range(1, 30).Where(i => i != 5).Select(i => $"a{i}"), rows[1].Take(30).Where((_, i) => i != 4));
        Assert.All(rows[2], cell => Assert.Equal("", cell));
        Assert.Equal(("'" + formula, "'@x"), (rows[3][4], rows[3][8]));
        Assert.NotEqual("", rows[3][30]);
    }

    [Fact]
    public async Task Xlsx_UploadedAndSaved_TheSameCellsAndNumbersAsNumbers()
    {
        await using var visit = await OpenAsync();
        await visit.UploadAsync("reviews.xlsx", Workbook(["评论", "评分"], ["很好，推荐", "5"], ["太差了，失望", "1"], ["=1+1", "3"]));
        await Expect(visit.Test("preview")).ToContainTextAsync("3 行 · 2 列 · XLSX");
        await visit.Test("start").ClickAsync();
        await visit.UntilDoneAsync();
        var rows = Downloads.Xlsx(await visit.DownloadAsync("save-xlsx"));
        Assert.Equal(["评论", "评分", "情感", "置信度", "正面概率", "负面概率", "人工修正", "错误"], rows[0]);
        Assert.Equal(["正面", "负面"], rows.Skip(1).Take(2).Select(r => r[2]));
        Assert.Equal("'=1+1", rows[3][0]);
        Assert.InRange(Assert.IsType<double>(rows[1][3]), 0.5, 1);
    }

    [Fact]
    public async Task PasteLines_FilterAndCorrect_InTheDownload()
    {
        await using var visit = await OpenAsync();
        await visit.Page.Locator("#lines").FillAsync("很好，非常满意\n太差了，再也不来\n\n质量不错，推荐");
        await visit.Test("start-lines").ClickAsync();
        await visit.UntilDoneAsync();
        await visit.Page.Locator("#kind").SelectOptionAsync("Negative");
        var shown = visit.Test("rows").Locator("tbody tr:has(select)");
        await Expect(shown).ToHaveCountAsync(1);
        await shown.Locator("select").SelectOptionAsync("Uncertain");
        await visit.Page.Locator("#kind").SelectOptionAsync("Corrected");
        await Expect(shown).ToHaveCountAsync(1);
        await visit.Page.Locator("#kind").SelectOptionAsync("All");
        await visit.Page.Locator("#search").FillAsync("推荐");
        await Expect(shown).ToHaveCountAsync(1);
        var rows = Downloads.Csv(await visit.DownloadAsync("save-csv"));
        Assert.Equal(["太差了，再也不来", "负面"], rows[2][..2]);
        Assert.Equal(["", "", "不确定", "", ""], rows.Skip(1).Select(r => r[5]).Prepend(""));
        await visit.Test("new").ClickAsync();
        await visit.Page.Locator("#lines").WaitForAsync();
    }

    [Theory]
    [InlineData("a.csv", "a\0b", "这不是表格文件")]
    [InlineData("a.xlsx", "PK\u0003\u0004 broken", "文件打不开")]
    [InlineData("a.csv", "", "文件里没有数据行")]
    public async Task BadFile_SaysWhyAndTheNextOneWorks(string name, string content, string said)
    {
        await using var visit = await OpenAsync();
        await visit.UploadAsync(name, Encoding.UTF8.GetBytes(content));
        await Expect(visit.Test("file-problem")).ToContainTextAsync(said);
        await visit.UploadAsync("good.csv", Encoding.UTF8.GetBytes("text\n很好\n"));
        await Expect(visit.Test("preview")).ToContainTextAsync("1 行");
        await Expect(visit.Test("file-problem")).ToHaveCountAsync(0);
        visit.RequireNoErrors();
    }

    [Fact]
    public async Task PauseResumeStopGoOn_NothingIsLost()
    {
        await using var visit = await OpenAsync();
        await visit.UploadAsync("long.txt", Encoding.UTF8.GetBytes(string.Join('\n', Texts.Of(4_000, parts: 12))));
        await visit.Test("start").ClickAsync();
        await visit.Test("pause").ClickAsync();
        await Expect(visit.Test("progress-state")).ToHaveTextAsync("已暂停");
        // What was on its way when it was told to pause still comes back; then nothing does, long before all is done.
        var paused = "";
        await Poll.UntilAsync(async () =>
        {
            var before = await visit.Test("counts").TextContentAsync();
            await visit.Page.WaitForTimeoutAsync(1_500);
            paused = await visit.Test("counts").TextContentAsync();
            return paused == before;
        }, TimeSpan.FromSeconds(15), "nothing comes back");
        Assert.DoesNotContain("4,000 / 4,000", paused, StringComparison.Ordinal);
        await visit.Test("pause").ClickAsync();
        await visit.Test("cancel").ClickAsync();
        await Expect(visit.Test("progress-state")).ToHaveTextAsync("已停止");
        await visit.Test("go-on").ClickAsync();
        await visit.UntilDoneAsync();
        Assert.Equal(4_000, Downloads.Csv(await visit.DownloadAsync("save-csv")).Skip(1).Count(r => r[1].Length > 0));
    }

    /// <summary>A text now and then, asked by itself, has the answer that its row has.</summary>
    internal static async Task RequireSameAsTheApiAsync(Uri gateway, string[][] rows)
    {
        using var http = new HttpClient();
        string[][] some = [.. rows.Where((_, i) => i % 97 == 0)];
        using var response = await http.PostAsJsonAsync(new Uri(gateway, "/v1/predict"), new { texts = some.Select(r => r[1]) });
        var answers = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(some.Length, answers.Count);
        for (var i = 0; i < some.Length; i++)
        {
            var positive = answers[i].GetProperty("probabilities").GetProperty("positive").GetDouble();
            Assert.Equal(positive, double.Parse(some[i][6], CultureInfo.InvariantCulture), 0.011);
        }
    }

    private async Task<Visit> OpenAsync()
    {
        Assert.SkipWhen(Browser.Program is null, "no Chromium here: apt install chromium");
        return await Visit.OpenAsync(browser, new Uri(pages.Cluster.Page, "/batch"));
    }

    /// <summary>A workbook with shared strings, as Excel writes them; the page itself writes inline ones.</summary>
    private static byte[] Workbook(params string[][] rows)
    {
        var strings = rows.SelectMany(r => r).Distinct().ToList();
        const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const string Relations = "http://schemas.openxmlformats.org/package/2006/relationships";
        const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "[Content_Types].xml", """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>""");
            Add(zip, "_rels/.rels", $"""<Relationships xmlns="{Relations}"><Relationship Id="rId1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
            Add(zip, "xl/workbook.xml", $"""<workbook xmlns="{Main}" xmlns:r="{Office}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>""");
            Add(zip, "xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="{Relations}"><Relationship Id="rId1" Type="{Office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{Office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>""");
            Add(zip, "xl/sharedStrings.xml", $"""<sst xmlns="{Main}">{string.Concat(strings.Select(s => $"<si><t>{s}</t></si>"))}</sst>""");
            Add(zip, "xl/worksheets/sheet1.xml", $"""<worksheet xmlns="{Main}"><sheetData>{string.Concat(rows.Select((r, i) => $"<row r=\"{i + 1}\">{string.Concat(r.Select((cell, c) => $"<c r=\"{(char)('A' + c)}{i + 1}\" t=\"s\"><v>{strings.IndexOf(cell)}</v></c>"))}</row>"))}</sheetData></worksheet>""");
        }

        return stream.ToArray();
    }

    private static void Add(ZipArchive zip, string name, string xml)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name).Open());
        writer.Write(xml);
    }
}
