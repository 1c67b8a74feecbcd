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
        => Assert.Equal(after, new LoadGates(before, false, 0).Next(load, 0).LoadHigh);

    [Fact]
    public void Next_MemoryOver85ThreeTimes_FullUntilUnder75()
    {
        var gates = default(LoadGates);
        gates = gates.Next(0, 0.9).Next(0, 0.9);
        Assert.False(gates.MemoryFull);
        gates = gates.Next(0, 0.9);
        Assert.True(gates.MemoryFull);
        gates = gates.Next(0, 0.76);
        Assert.True(gates.MemoryFull);
        gates = gates.Next(0, 0.74);
        Assert.False(gates.MemoryFull);
    }

    [Fact]
    public void Next_MemoryOverNotInARow_NotFull()
        => Assert.False(default(LoadGates).Next(0, 0.9).Next(0, 0.9).Next(0, 0.8).Next(0, 0.9).Next(0, 0.9).MemoryFull);
}
