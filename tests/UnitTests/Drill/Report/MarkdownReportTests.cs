using Evergrain.Cli.Drill.Report;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.UnitTests.Drill.Report;

public class MarkdownReportTests
{
    [Fact]
    public void Write_Sample_SummaryHasOneRowForEachScenario()
    {
        var lines = Lines(SampleReport.Create());
        var header = Array.FindIndex(lines, l => l.StartsWith("| # |", StringComparison.Ordinal));
        Assert.Equal(
            [
                "| 1 | silo killed | 节点进程被杀 | ✓ Passed | two-URL: 0 / 4,321 (true share < 0.07 %)<br>one-URL: 4 / 2,000 (0.2 % of them) | 0<br>0 | 331 ms<br>5.00 s | 36 ms | 41 ms | 1.30 s |",
                "| 2 | silo frozen | 节点被冻结 | ✗ Failed | 12 / 800 (1.5 % of them) | 0 | 5.00 s | – | – | – |",
                "| 10 | database gone | 数据库不可用 | ○ Not run | – | – | – | – | – | – |",
                "",
            ],
            lines[(header + 2)..(header + 6)]);
    }

    [Fact]
    public void Write_Sample_HasEveryCheckAndMarkAndWhatDidNotRun()
    {
        var lines = Lines(SampleReport.Create());
        Assert.Contains("| time to reroute | 改道 | \\< 250 ms | 41 ms | ✓ met |", lines);
        Assert.Contains("| longest wait | 最长等待 | ≤ 1 s | 5.00 s | ✗ **missed** |", lines);
        Assert.Contains("- 10.036 s: detected · 发现, silo-a, Detection of silo-a", lines);
        Assert.Contains("- 10. database gone · 数据库不可用: membership is an SQLite file", lines);
        Assert.Contains("> line one line two", lines);
    }

    [Fact]
    public void Write_Tables_EveryRowHasAsManyCellsAsItsHeader()
    {
        var report = SampleReport.Create() with { Scenarios = [SampleReport.Kill() with { Checks = [new Check(new("甲|乙", "a|b\nc"), "|", "|", true)] }] };
        string? header = null;
        foreach (var line in Lines(report))
        {
            header = line.StartsWith('|') ? header ?? line : null;
            Assert.True(header is null || Cells(line) == Cells(header), line);
        }
    }

    [Theory]
    [InlineData("<b> & *x* _y_ [z](u) `c` a|b", "\\<b\\> &amp; \\*x\\* \\_y\\_ \\[z\\](u) \\`c\\` a\\|b")]
    [InlineData("# no heading\n$x$", "\\# no heading \\$x\\$")]
    public void Escape_MarkdownsOwnSigns_AreText(string text, string escaped) => Assert.Equal(escaped, MarkdownText.Escape(text));

    private static string[] Lines(DrillReport report) => MarkdownReport.Write(report, "faults.html").Split('\n');

    private static int Cells(string row) => row.Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|');
}
