using Evergrain.Silo.Lifecycle;

namespace Evergrain.UnitTests.Silo.Lifecycle;

public class SiloConditionTests
{
    [Theory]
    [InlineData(SiloState.Starting, SiloState.Starting, true)]
    [InlineData(SiloState.Starting, SiloState.Ready, true)]
    [InlineData(SiloState.Starting, SiloState.Draining, false)]
    [InlineData(SiloState.Starting, SiloState.Failed, true)]
    [InlineData(SiloState.Ready, SiloState.Starting, false)]
    [InlineData(SiloState.Ready, SiloState.Ready, false)]
    [InlineData(SiloState.Ready, SiloState.Draining, true)]
    [InlineData(SiloState.Ready, SiloState.Failed, true)]
    [InlineData(SiloState.Draining, SiloState.Starting, false)]
    [InlineData(SiloState.Draining, SiloState.Ready, true)]
    [InlineData(SiloState.Draining, SiloState.Draining, false)]
    [InlineData(SiloState.Draining, SiloState.Failed, true)]
    [InlineData(SiloState.Failed, SiloState.Starting, false)]
    [InlineData(SiloState.Failed, SiloState.Ready, false)]
    [InlineData(SiloState.Failed, SiloState.Draining, false)]
    [InlineData(SiloState.Failed, SiloState.Failed, false)]
    public void To_EachStep_AsInTheTable(SiloState from, SiloState to, bool allowed)
        => Assert.Equal(allowed, new SiloCondition(from, "a").To(to, "b") is not null);

    [Theory]
    [InlineData(SiloState.Starting, true)]
    [InlineData(SiloState.Ready, true)]
    [InlineData(SiloState.Draining, true)]
    [InlineData(SiloState.Failed, false)]
    public void To_DrainOfAStop_AsInTheTable(SiloState from, bool allowed)
        => Assert.Equal(allowed, new SiloCondition(from, "a").To(SiloState.Draining, "b", stopping: true) is { Stopping: true });

    [Theory]
    [InlineData(SiloState.Starting)]
    [InlineData(SiloState.Ready)]
    [InlineData(SiloState.Draining)]
    public void To_FromTheDrainOfAStop_NothingTakesItBack(SiloState to)
        => Assert.Null(new SiloCondition(SiloState.Draining, "a") { Stopping = true }.To(to, "b", stopping: to == SiloState.Draining));

    [Theory]
    [InlineData(SiloState.Starting, false, false)]
    [InlineData(SiloState.Ready, false, true)]
    [InlineData(SiloState.Draining, false, true)]
    [InlineData(SiloState.Draining, true, false)]
    [InlineData(SiloState.Failed, false, false)]
    public void TakesCalls_EachState_AsInTheTable(SiloState state, bool closed, bool takes)
        => Assert.Equal(takes, new SiloCondition(state, "a") { Closed = closed }.TakesCalls);

    [Theory]
    [InlineData(SiloState.Starting, false, true)]
    [InlineData(SiloState.Ready, false, false)]
    [InlineData(SiloState.Draining, false, false)]
    [InlineData(SiloState.Draining, true, true)]
    public void To_DrainOfAStop_ClosedWhereNobodyHasToBeTold(SiloState from, bool closed, bool expected)
        => Assert.Equal(expected, new SiloCondition(from, "a") { Closed = closed }.To(SiloState.Draining, "b", stopping: true)!.Closed);

    [Fact]
    public void To_SamePhaseOfTheStart_NoStep()
        => Assert.Null(new SiloCondition(SiloState.Starting, "a").To(SiloState.Starting, "a"));

    [Fact]
    public void To_Ready_NoReason()
        => Assert.Equal(new SiloCondition(SiloState.Ready, null), SiloCondition.Initial.To(SiloState.Ready, "b"));
}
