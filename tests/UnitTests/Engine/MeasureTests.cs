using Evergrain.Engine;
using Evergrain.Engine.Batching;
using Evergrain.Engine.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Engine;

/// <summary>The small pure parts.</summary>
public sealed class MeasureTests
{
    [Fact]
    public void DrainRate_NewSpeed_TakesOverWithBusyTime()
    {
        var rate = new DrainRate(1000);
        rate.Add(100, TimeSpan.FromSeconds(0.05));
        Assert.InRange(rate.Current, 1001, 1100); // one short batch of 2,000 a second hardly counts
        for (var i = 0; i < 600; i++) rate.Add(100, TimeSpan.FromSeconds(0.05));
        Assert.InRange(rate.Current, 1990, 2000);
    }

    [Fact]
    public void DrainRate_ClockStoodStill_Kept()
    {
        var rate = new DrainRate(1000);
        rate.Add(100, TimeSpan.Zero);
        Assert.Equal(1000, rate.Current);
    }

    [Fact]
    public void BusyMeter_BusyThenIdle_FollowsWithinSeconds()
    {
        var time = new FakeTimeProvider();
        var meter = new BusyMeter(time);
        Assert.Equal(0, meter.Share);
        meter.Set(true);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.InRange(meter.Share, 0.99, 1);
        meter.Set(false);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.InRange(meter.Share, 0, 0.01);
    }

    [Theory]
    [InlineData(0, 1, 60, null)] // an idle queue takes any call
    [InlineData(9_000, 1000, 1, null)] // 10 s ahead
    [InlineData(9_500, 1000, 1, 500)]
    [InlineData(100, 0, 0, 90_000)] // unknown rate counts as one token a second
    public void RetryAfter_LimitOfTenSeconds_TimeUntilRoom(long tokens, double rate, int restSeconds, int? milliseconds)
        => Assert.Equal(
            milliseconds,
            QueueLimit.RetryAfter(tokens, rate, TimeSpan.FromSeconds(restSeconds), TimeSpan.FromSeconds(10))?.TotalMilliseconds);

    [Fact]
    public void Softmax_LargeLogits_SumsToOne()
    {
        var probabilities = Softmax.Of([1000, 1000, -1000]);
        Assert.Equal([0.5f, 0.5f, 0f], probabilities);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Softmax_NotFinite_Empty(float logit) => Assert.Empty(Softmax.Of([0, logit]));

    [Theory]
    [InlineData("cpu", null)]
    [InlineData("cuda:0", 0)]
    [InlineData("cuda:12", 12)]
    public void ParseDevice_Known_Its(string device, int? cuda)
    {
        Assert.Equal(cuda, DeviceSpec.Parse(device).CudaId);
        Assert.Equal(device, DeviceSpec.Parse(device).ToString());
    }

    [Theory]
    [InlineData("auto", "not supported yet")]
    [InlineData("cuda", "not known")]
    [InlineData("cuda:-1", "not known")]
    [InlineData("CPU", "not known")]
    [InlineData("", "not known")]
    public void ParseDevice_Unknown_RefusedWithNames(string device, string reason)
    {
        var refused = Assert.Throws<ModelRefusedException>(() => DeviceSpec.Parse(device));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains("cuda:0", refused.Message, StringComparison.Ordinal);
    }
}
