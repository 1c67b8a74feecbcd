using Evergrain.Client.Dispatching;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client;

public class RetryBudgetTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RetryBudget _budget;

    public RetryBudgetTests()
    {
        _budget = new RetryBudget(_time);
        while (_budget.TryTake())
        {
            // Empties it.
        }
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(100, 0, 20)] // 20 % of the calls
    [InlineData(0, 1, 10)] // and 10 a second
    [InlineData(50, 1, 20)]
    [InlineData(0, 60, 20)] // a quiet minute saves no more than two seconds' worth
    public void TryTake_AfterCallsAndSeconds_ShareAndRate(int calls, int seconds, int retries)
    {
        for (var i = 0; i < calls; i++) _budget.Earn();
        _time.Advance(TimeSpan.FromSeconds(seconds));
        var taken = 0;
        while (_budget.TryTake()) taken++;
        Assert.InRange(taken, retries - 1, retries); // fifths do not add up to whole numbers in binary
    }
}
