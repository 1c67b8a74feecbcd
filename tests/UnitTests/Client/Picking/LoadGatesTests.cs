using Evergrain.Client.Picking;

namespace Evergrain.UnitTests.Client.Picking;

public class LoadGatesTests
{
    [Theory]
    [InlineData(false, 0.75, false)]
    [InlineData(false, 0.76, true)]
    [InlineData(true, 0.66, true)]
    [InlineData(true, 0.65, true)]
    [InlineData(true, 0.64, false)]
    public void Next_Load_OverSeventyFiveUntilUnderSixtyFive(bool before, double load, bool after)
        => Assert.Equal(after, new LoadGates(before, false, 0, 0).Next(load, 0, 1).LoadHigh);

    [Fact]
    public void Next_LoadWithoutANewReading_Counts()
        => Assert.True(default(LoadGates).Next(0.5, 0, 0).Next(0.9, 0, 0).LoadHigh);

    /// <summary>Memory in percent, one reading each; an equals sign is the same reading on another report.</summary>
    [Theory]
    [InlineData("90 90", false)]
    [InlineData("90 90 90", true)]
    [InlineData("86 86 86", true)]
    [InlineData("85 85 85", false)]
    [InlineData("90 = = = =", false)]
    [InlineData("90 = 90 = =", false)]
    [InlineData("90 = 90 = 90", true)]
    [InlineData("90 90 80 90 90", false)] // not in a row
    [InlineData("90 90 90 76", true)]
    [InlineData("90 90 90 75", true)]
    [InlineData("90 90 90 74", false)]
    [InlineData("90 90 90 74 90 90", false)] // three again
    public void Next_MemoryReadings_FullOver85ThreeTimesUntilUnder75(string readings, bool full)
    {
        var gates = default(LoadGates);
        var (number, memory) = (0, 0.0);
        foreach (var reading in readings.Split(' '))
        {
            if (reading != "=") (number, memory) = (number + 1, int.Parse(reading, null) / 100.0);
            gates = gates.Next(0, memory, number);
        }

        Assert.Equal(full, gates.MemoryFull);
    }

    /// <summary>Up and down once, each reading on four reports, with noise on top.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.04)]
    public void Next_SweepFrom60To90AndBack_EachGateChangesTwice(double noise)
    {
        var random = new Random(7);
        var gates = default(LoadGates);
        var (hot, full) = (0, 0);
        double[] up = [.. Enumerable.Range(0, 121).Select(i => 0.60 + (0.0025 * i))];
        var sweep = up.Concat(up.Reverse());
        var reading = 0;
        foreach (var figure in sweep)
        {
            var seen = figure + (noise * ((2 * random.NextDouble()) - 1));
            reading++;
            for (var report = 0; report < 4; report++)
            {
                var next = gates.Next(seen, seen, reading);
                if (next.LoadHigh != gates.LoadHigh) hot++;
                if (next.MemoryFull != gates.MemoryFull) full++;
                gates = next;
            }
        }

        Assert.Equal((2, 2), (hot, full));
    }
}
