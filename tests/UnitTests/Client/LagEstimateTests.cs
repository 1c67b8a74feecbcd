using Evergrain.Client.Picking;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client;

public class LagEstimateTests
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(300);

    private readonly FakeTimeProvider _time = new();
    private readonly LagEstimate _lag;

    public LagEstimateTests() => _lag = new LagEstimate(_time);

    [Theory]
    [InlineData(1, 0)] // a cold first call
    [InlineData(2, 0)]
    [InlineData(3, 300)] // no accident any more
    public void Observe_SlowAnswers_CountFromTheThirdOn(int answers, int milliseconds)
    {
        for (var i = 0; i < answers; i++) _lag.Observe(Slow, TimeSpan.Zero, 10);
        Assert.Equal(milliseconds, _lag.Current.TotalMilliseconds, 3);
    }

    [Fact]
    public void Observe_ChunksOfABulkCall_DoNotCount()
    {
        for (var i = 0; i < 10; i++) _lag.Observe(Slow, TimeSpan.Zero, 2048);
        _lag.ObserveFailure(TimeSpan.FromSeconds(1), 2048);
        Assert.Equal(TimeSpan.Zero, _lag.Current);
    }

    [Fact]
    public void ObserveFailure_One_CountsAtOnce()
    {
        _lag.ObserveFailure(TimeSpan.FromSeconds(1), 10);
        Assert.Equal(1, _lag.Current.TotalSeconds, 3);
    }

    [Fact]
    public void Current_WithoutNews_HalvesEveryTwoSeconds()
    {
        _lag.ObserveFailure(TimeSpan.FromSeconds(1), 10);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(0.25, _lag.Current.TotalSeconds, 3);
    }

    [Fact]
    public void Observe_EarlierThanPredicted_NoCredit()
    {
        for (var i = 0; i < 5; i++) _lag.Observe(TimeSpan.Zero, Slow, 10);
        Assert.Equal(TimeSpan.Zero, _lag.Current);
    }

    [Fact]
    public void Observe_FastAgain_ForgetsTheSlowOnes()
    {
        for (var i = 0; i < 5; i++) _lag.Observe(Slow, TimeSpan.Zero, 10);
        for (var i = 0; i < 3; i++) _lag.Observe(TimeSpan.Zero, TimeSpan.Zero, 10);
        Assert.Equal(TimeSpan.Zero, _lag.Current);
    }
}
