using Evergrain.Cli.Drill.Report;

namespace Evergrain.UnitTests.Drill.Report;

public class DrillTablesTests
{
    [Fact]
    public void Summary_Sample_HasARowForEachScenario()
        => Assert.Equal(
            [
                "kill|passed|6,321|4|0|5.00 s|36 ms|41 ms|1.30 s|-",
                "freeze|FAILED|800|12|0|5.00 s|-|-|-|line one line two; longest wait: 5.00 s (limit ≤ 1 s)",
                "database-gone|not run|-|-|-|-|-|-|-|membership is an SQLite file",
            ],
            DrillTables.Summary(SampleReport.Create()).Rows.Select(r => string.Join("|", r)));

    [Fact]
    public void Summary_Verdicts_HaveAColourEach()
        => Assert.Equal(["green", "red", "yellow"], DrillTables.Summary(SampleReport.Create()).Rows.Select(r => DrillTables.ColourOf(r[1])));

    [Fact]
    public void Summary_EveryRow_HasAsManyCellsAsTheHeader()
    {
        var table = DrillTables.Summary(SampleReport.Create());
        Assert.All(table.Rows, r => Assert.Equal(table.Header.Count, r.Count));
    }
}
