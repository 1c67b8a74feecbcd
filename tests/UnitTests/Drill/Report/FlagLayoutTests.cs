using Evergrain.Cli.Drill.Report.Chart;

namespace Evergrain.UnitTests.Drill.Report;

public class FlagLayoutTests
{
    [Fact]
    public void Place_FarApart_AllHangInTheLowestRow()
        => Assert.Equal([new Flag(100, 40, 0), new Flag(150, 40, 0)], FlagLayout.Place([(100, 40), (150, 40)], 0, 500));

    [Fact]
    public void Place_SamePixel_StackInTheOrderOfTime()
        => Assert.Equal([0, 1, 2, 0], FlagLayout.Place([(100, 40), (100.2, 40), (100.3, 40), (200, 40)], 0, 500).Select(f => f.Row));

    [Fact]
    public void Place_AtTheRightEdge_HangsToTheLeftOfItsPole()
        => Assert.Equal([new Flag(455, 40, 0)], FlagLayout.Place([(495, 40)], 0, 500));

    [Fact]
    public void Place_HangsBackOverAnEarlierFlag_TakesAnotherRow()
        => Assert.Equal([0, 1], FlagLayout.Place([(440, 40), (490, 40)], 0, 500).Select(f => f.Row));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Place_AnyMarks_NoneOverlapsAndNoneLeavesTheChart(int seed)
    {
        var random = new Random(seed);
        var flags = FlagLayout.Place([.. Enumerable.Range(0, 120).Select(_ => (X: 58 + (random.NextDouble() * 888), Width: 20 + (random.NextDouble() * 40))).OrderBy(p => p.X)], 58, 946);
        Assert.Equal(120, flags.Length);
        Assert.All(flags, f => Assert.True(f.Left >= 58 && f.Right <= 946, $"{f}"));
        for (var i = 0; i < flags.Length; i++)
        {
            for (var j = 0; j < i; j++)
                Assert.True(flags[i].Row != flags[j].Row || flags[i].Left >= flags[j].Right || flags[j].Left >= flags[i].Right, $"{flags[i]} covers {flags[j]}");
        }
    }
}
