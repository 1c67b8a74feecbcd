using Evergrain.Client.Dispatching;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Dispatching;

public class CallBudgetTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(100, 0, 20)] // 20 % of the calls
    [InlineData(0, 1, 10)] // and 10 a second
    [InlineData(50, 1, 20)]
    [InlineData(0, 60, 20)] // a quiet minute saves no more than two seconds' worth
    public void TryTake_RetriesAfterCallsAndSeconds_ShareAndRate(int calls, int seconds, int retries)
    {
        // Fifths are no whole numbers in binary.
        Assert.InRange(TakenAfter(CallBudget.ForRetries(_time), calls, seconds), retries - 1, retries);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 60, 0)] // time earns none
    [InlineData(100, 0, 3)] // 3 % of the calls
    [InlineData(10_000, 0, 10)] // ten are kept
    public void TryTake_HedgesAfterCallsAndSeconds_ShareOnly(int calls, int seconds, int hedges)
        => Assert.InRange(TakenAfter(CallBudget.ForHedges(_time), calls, seconds), Math.Max(0, hedges - 1), hedges);

    [Fact]
    public void TryTake_AtTheStart_TenRetriesThreeHedges()
    {
        Assert.Equal(10, Empty(CallBudget.ForRetries(_time)));
        Assert.Equal(3, Empty(CallBudget.ForHedges(_time)));
    }

    private int TakenAfter(CallBudget budget, int calls, int seconds)
    {
        Empty(budget);
        for (var i = 0; i < calls; i++) budget.Earn();
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return Empty(budget);
    }

    private static int Empty(CallBudget budget)
    {
        var taken = 0;
        while (budget.TryTake()) taken++;
        return taken;
    }
}
