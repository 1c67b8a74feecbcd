using Evergrain.Cli.Drill.Load;

namespace Evergrain.UnitTests.Drill;

public sealed class PoissonScheduleTests
{
    [Fact]
    public void Next_ManyArrivals_MeanAndSpreadOfAPoissonProcess()
    {
        var schedule = new PoissonSchedule(50, seed: 7);
        var gaps = Enumerable.Range(0, 20_000).Select(_ => schedule.Next().TotalSeconds).ToList();
        var mean = gaps.Average();
        var deviation = Math.Sqrt(gaps.Average(g => (g - mean) * (g - mean)));
        Assert.InRange(mean, 0.0195, 0.0205);
        // Exponential: as far spread as its mean. Evenly spaced arrivals would have 0.
        Assert.InRange(deviation / mean, 0.95, 1.05);
        Assert.All(gaps, g => Assert.True(g >= 0));
    }

    [Fact]
    public void Next_SameSeed_SameArrivals()
    {
        var (one, other) = (new PoissonSchedule(20, seed: 3), new PoissonSchedule(20, seed: 3));
        Assert.Equal(Enumerable.Range(0, 100).Select(_ => (one.Next(), one.Pick(60))), Enumerable.Range(0, 100).Select(_ => (other.Next(), other.Pick(60))));
        Assert.NotEqual(new PoissonSchedule(20, seed: 3).Next(), new PoissonSchedule(20, seed: 4).Next());
    }

    [Theory]
    [InlineData(10, 20)]
    [InlineData(100, 35)]
    [InlineData(200, 70)]
    [InlineData(2000, 700)]
    public void RateFor_Capacity_WhatOneSurvivorCarries(double capacity, double expected) => Assert.Equal(expected, CapacityTest.RateFor(capacity), 6);
}
