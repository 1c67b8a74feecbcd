using Evergrain.Cli.Drill.Network;

namespace Evergrain.UnitTests.Drill.Network;

public class AddressPlanTests
{
    private const int Running = 4711;

    [Theory]
    [InlineData("eg-99-switch", true)]
    [InlineData("eg-99-a", true)]
    [InlineData("eg-4711-a", false)] // its drill runs
    [InlineData("blue", false)] // other people's
    [InlineData("eg-99", false)]
    [InlineData("eg-a-b", false)]
    [InlineData("my-eg-99-a", false)]
    [InlineData("eg-99-a-b", false)]
    [InlineData("eg-99999999999999-a", false)] // no process has such a number
    public void Leftovers_Name_OnlyThoseOfDeadDrills(string name, bool leftover)
        => Assert.Equal(leftover ? [name] : [], AddressPlan.Leftovers([name], pid => pid == Running));

    [Fact]
    public void Leftovers_NameOfADeadDrill_IsFound()
        => Assert.Equal([AddressPlan.Name(99, "slow")], AddressPlan.Leftovers([AddressPlan.Name(99, "slow"), AddressPlan.Name(Running, "slow")], pid => pid == Running));

    [Fact]
    public void Node_Indexes_AddressesOfTheirOwn()
    {
        var all = Enumerable.Range(0, 252).Select(AddressPlan.Node).Append(AddressPlan.Switch).Append(AddressPlan.Floating).ToList();
        Assert.Equal(254, all.Distinct().Count());
        Assert.All(all, a => Assert.StartsWith("198.18.0.", a.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(252)] // would be the floating address
    public void Node_OutsideOfTheNetwork_Throws(int index) => Assert.Throws<ArgumentOutOfRangeException>(() => AddressPlan.Node(index));
}
