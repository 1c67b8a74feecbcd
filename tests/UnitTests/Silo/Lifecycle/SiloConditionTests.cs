using Evergrain.Silo.Lifecycle;

namespace Evergrain.UnitTests.Silo.Lifecycle;

public class SiloConditionTests
{
    [Theory]
    [InlineData(SiloState.Starting, SiloState.Starting, true)]
    [InlineData(SiloState.Starting, SiloState.Ready, true)]
    [InlineData(SiloState.Starting, SiloState.Draining, true)]
    [InlineData(SiloState.Starting, SiloState.Failed, true)]
    [InlineData(SiloState.Ready, SiloState.Starting, false)]
    [InlineData(SiloState.Ready, SiloState.Ready, false)]
    [InlineData(SiloState.Ready, SiloState.Draining, true)]
    [InlineData(SiloState.Ready, SiloState.Failed, true)]
    [InlineData(SiloState.Draining, SiloState.Starting, false)]
    [InlineData(SiloState.Draining, SiloState.Ready, false)]
    [InlineData(SiloState.Draining, SiloState.Draining, false)]
    [InlineData(SiloState.Draining, SiloState.Failed, true)]
    [InlineData(SiloState.Failed, SiloState.Starting, false)]
    [InlineData(SiloState.Failed, SiloState.Ready, false)]
    [InlineData(SiloState.Failed, SiloState.Draining, false)]
    [InlineData(SiloState.Failed, SiloState.Failed, false)]
    public void To_EachStep_AsInTheTable(SiloState from, SiloState to, bool allowed)
        => Assert.Equal(allowed, new SiloCondition(from, "a").To(to, "b") is not null);

    [Fact]
    public void To_SamePhaseOfTheStart_NoStep()
        => Assert.Null(new SiloCondition(SiloState.Starting, "a").To(SiloState.Starting, "a"));

    [Fact]
    public void To_Ready_NoReason()
        => Assert.Equal(new SiloCondition(SiloState.Ready, null), SiloCondition.Initial.To(SiloState.Ready, "b"));
}
