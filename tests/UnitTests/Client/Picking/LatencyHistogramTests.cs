using CsCheck;
using Evergrain.Client.Picking;

namespace Evergrain.UnitTests.Client.Picking;

public class LatencyHistogramTests
{
    private readonly LatencyHistogram _histogram = new();

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.0123)]
    [InlineData(0.5)]
    [InlineData(42)]
    public void P99_EqualValues_ThatValueWithinTenPercent(double seconds)
    {
        Add(100, _ => seconds);
        Assert.InRange(_histogram.P99, seconds, seconds * 1.1);
    }

    [Theory]
    [InlineData(0, 0.0005)] // the first bin
    [InlineData(-1, 0.0005)]
    [InlineData(1000, 90)] // the last one
    public void P99_OutOfRange_FirstOrLastBin(double seconds, double expected)
    {
        Add(100, _ => seconds);
        Assert.InRange(_histogram.P99, expected, expected * 1.1);
    }

    [Theory]
    [InlineData(20, 0.1)] // one in twenty is slow
    [InlineData(50, 0.1)]
    [InlineData(400, 0.01)] // one in four hundred says nothing of one in a hundred
    public void P99_SomeAreTenTimesAsSlow_TheyCountFromOneInAHundred(int oneIn, double expected)
    {
        Add(4000, i => i % oneIn == 0 ? 0.1 : 0.01);
        Assert.InRange(_histogram.P99, expected, expected * 1.1);
    }

    [Fact]
    public void P99_FewerThanFiftyValues_Unknown()
    {
        Add(49, _ => 0.01);
        Assert.Equal(0, _histogram.P99);
        Add(8, _ => 0.01);
        Assert.NotEqual(0, _histogram.P99);
    }

    [Fact]
    public void Add_EveryEighth_SaysThatItComputedAnew()
        => Assert.Equal([56, 64, 72, 80], Enumerable.Range(1, 80).Where(_ => _histogram.Add(0.01)));

    [Fact]
    public void P99_BecameFaster_OldValuesFade()
    {
        Add(1000, _ => 1);
        Add(1000, _ => 0.01); // the old ones weigh e⁻² of all, much more than one in a hundred
        Assert.InRange(_histogram.P99, 1, 1.1);
        Add(2000, _ => 0.01); // e⁻⁶
        Assert.InRange(_histogram.P99, 0.01, 0.011);
    }

    [Fact]
    public void P99_BecameSlower_SeenAfterAFewValues()
    {
        Add(1000, _ => 0.01);
        Add(8, _ => 1);
        Assert.InRange(_histogram.P99, 1, 1.1);
    }

    [Fact]
    public void P99_AHundredThousandValues_WeightsStayInRange()
    {
        Add(100_000, i => i % 20 == 0 ? 0.1 : 0.01);
        Assert.InRange(_histogram.P99, 0.1, 0.11);
    }

    [Fact]
    public void P99_AnyValues_AtMostOneInAHundredIsOverIt()
        => Gen.Double[0.0006, 60].Array[56, 400].Sample(values =>
        {
            var histogram = new LatencyHistogram();
            var counted = values.Length / 8 * 8; // it looks after every eighth
            foreach (var value in values.AsSpan(0, counted)) histogram.Add(value);
            var weights = values.Take(counted).Select((seconds, i) => (Seconds: seconds, Weight: Math.Pow(1.002, i))).ToList();
            var all = weights.Sum(w => w.Weight);
            var over = weights.Where(w => w.Seconds > histogram.P99).Sum(w => w.Weight) / all;
            var overTenPercentLess = weights.Where(w => w.Seconds > histogram.P99 / 1.1001).Sum(w => w.Weight) / all;
            Assert.InRange(over, 0, 0.0101);
            Assert.InRange(overTenPercentLess, 0.0099, 1);
        });

    private void Add(int values, Func<int, double> seconds)
    {
        for (var i = 0; i < values; i++) _histogram.Add(seconds(i));
    }
}
