using Evergrain.Client.Picking;

namespace Evergrain.UnitTests.Client.Picking;

public class DiversionTests
{
    [Theory]
    [InlineData(0.90, 0.30, 0.30, true)] // somebody else's work on its device, and the other can take the calls
    [InlineData(0.80, 0.80, 0.60, false)] // both are busy with their own: the other would be hot in turn
    [InlineData(0.90, 0.50, 0.30, false)]
    [InlineData(0.90, 0.00, 0.74, true)]
    [InlineData(0.90, 0.00, 0.76, false)]
    public void HasRoom_OneHot_WhereTheOtherStaysCoolWithItsCalls(double load, double own, double other, bool room)
        => Assert.Equal(room, Diversion.HasRoom([Silo(load, own, high: true), Silo(other, other)]));

    [Fact]
    public void HasRoom_TheOtherIsFaster_ItsShareOfTheWorkIsSmaller()
        => Assert.True(Diversion.HasRoom([Silo(0.9, 0.8, high: true), Silo(0.3, 0.3) with { DrainRate = 3000 }]));

    [Fact]
    public void HasRoom_TheCoolOneTakesNoCalls_None()
        => Assert.False(Diversion.HasRoom([Silo(0.9, 0.1, high: true), Silo(0.1, 0.1) with { Eligible = false }]));

    [Fact]
    public void HasRoom_AllHot_None() => Assert.False(Diversion.HasRoom([Silo(0.9, 0, high: true), Silo(0.9, 0, high: true)]));

    private static SiloLoad Silo(double load, double own, bool high = false) => new(Eligible: true, high, load, own, DrainRate: 1000);
}
