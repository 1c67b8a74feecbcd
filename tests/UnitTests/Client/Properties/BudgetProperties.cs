using CsCheck;
using Evergrain.Client.Dispatching;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Properties;

/// <summary>Extra calls stay within their budget, in whatever order calls begin, extra calls are wanted and time goes by.</summary>
public class BudgetProperties
{
    // −1: an extra call is wanted; 0: a call begins; else so many milliseconds go by.
    private static readonly Gen<int[]> AnySteps = Gen.Frequency((5, Gen.Const(-1)), (10, Gen.Const(0)), (1, Gen.Int[1, 500])).Array[1, 400];

    [Fact]
    public void TryTake_Retries_NeverMoreThanTwentyPercentAndTenASecond()
        => AnySteps.Sample(steps => Check(CallBudget.ForRetries, steps, share: 0.2, perSecond: 10, most: 20, first: 10), iter: 5000);

    [Fact]
    public void TryTake_Hedges_NeverMoreThanThreePercent()
        => AnySteps.Sample(steps => Check(CallBudget.ForHedges, steps, share: 0.03, perSecond: 0, most: 10, first: 3), iter: 5000);

    private static void Check(Func<TimeProvider, CallBudget> create, int[] steps, double share, double perSecond, double most, double first)
    {
        var time = new FakeTimeProvider();
        var budget = create(time);
        // What was earned and taken up to each point, to hold every stretch between two points to the budget.
        var history = new List<(double Earned, int Taken)> { (0, 0) };
        var (earned, taken) = (0.0, 0);
        foreach (var step in steps)
        {
            if (step > 0)
            {
                time.Advance(TimeSpan.FromMilliseconds(step));
                earned += step / 1000.0 * perSecond;
            }
            else if (step == 0)
            {
                budget.Earn();
                earned += share;
            }
            else if (budget.TryTake())
            {
                taken++;
            }

            Assert.True(taken <= first + earned + 1e-6, $"{taken} taken of {first + earned}");
            Assert.All(history, h => Assert.True(taken - h.Taken <= most + earned - h.Earned + 1e-6));
            if (step == -1) history.Add((earned, taken));
        }

        // And it is no miser: with nothing wanted before, the first ones are there.
        var fresh = create(time);
        for (var i = 0; i < first; i++) Assert.True(fresh.TryTake());
        Assert.False(fresh.TryTake());
    }
}
