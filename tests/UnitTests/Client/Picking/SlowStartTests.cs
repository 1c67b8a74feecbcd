using Evergrain.Client.Picking;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Picking;

public class SlowStartTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SlowStart _slowStart;

    public SlowStartTests() => _slowStart = new SlowStart(_time);

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(0.5, 0.1)] // never less: it would get no calls to warm up with
    [InlineData(2, 0.2)]
    [InlineData(5, 0.5)]
    [InlineData(10, 1)]
    [InlineData(3600, 1)]
    public void At_SecondsAfterBegin_GrowsToOneInTen(double seconds, double warmth)
    {
        _slowStart.Begin();
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(warmth, Warmth, 6);
    }

    [Fact]
    public void At_Away_Least()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0.1, Warmth);
    }

    [Fact]
    public void Begin_Again_GoesOn()
    {
        _slowStart.Begin();
        _time.Advance(TimeSpan.FromSeconds(5));
        _slowStart.Begin();
        Assert.Equal(0.5, Warmth, 6);
    }

    [Fact]
    public void Begin_AfterLeave_FromTheStart()
    {
        _slowStart.Begin();
        _time.Advance(TimeSpan.FromSeconds(20));
        _slowStart.Leave();
        Assert.Equal(0.1, Warmth);
        _slowStart.Begin();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(0.3, Warmth, 6);
    }

    private double Warmth => _slowStart.At(_time.GetTimestamp());
}
