using Evergrain.Client.Picking;

namespace Evergrain.UnitTests.Client.Picking;

public class ServiceTimesTests
{
    private readonly ServiceTimes _times = new();
    private readonly ServiceTimes.SiloServiceTimes _a;
    private readonly ServiceTimes.SiloServiceTimes _b;

    public ServiceTimesTests() => (_a, _b) = (_times.Add(), _times.Add());

    [Fact]
    public void P99_NothingSeen_Unknown() => Assert.Null(_times.P99(10));

    [Fact]
    public void P99_TwoSilos_TheBetterOneIsTheMeasure()
    {
        Add(_a, 10, 300);
        AssertP99(300, 10);
        Add(_b, 10, 20);
        AssertP99(20, 10);
        Add(_a, 10, 300);
        AssertP99(20, 10);
    }

    [Fact]
    public void P99_TheBetterOneBecomesSlow_TheOtherIsTheMeasure()
    {
        Add(_a, 10, 100);
        Add(_b, 10, 20);
        Add(_b, 10, 900);
        AssertP99(100, 10);
    }

    [Theory]
    [InlineData(16, 31)]
    [InlineData(512, 1000)]
    [InlineData(1 << 15, 1 << 30)] // the last bucket takes all
    [InlineData(0, 1)]
    [InlineData(-5, 1)]
    public void P99_SamePowerOfTwo_SameBucket(long seen, long asked)
    {
        Add(_a, seen, 50);
        AssertP99(50, asked);
    }

    [Theory]
    [InlineData(15, 16)]
    [InlineData(32, 31)]
    public void P99_OtherPowerOfTwo_Unknown(long seen, long asked)
    {
        Add(_a, seen, 50);
        Assert.Null(_times.P99(asked));
    }

    [Fact]
    public void Reset_TheMeasureStartedAnew_TheOtherSetsItUntilItIsKnownAgain()
    {
        Add(_a, 10, 20);
        Add(_b, 10, 100);
        AssertP99(20, 10);
        _a.Reset();
        Add(_b, 10, 100);
        AssertP99(100, 10);
        Add(_a, 10, 30);
        AssertP99(30, 10);
    }

    [Fact]
    public void Remove_TheBetterOne_TheOtherIsTheMeasure()
    {
        Add(_a, 10, 20);
        Add(_b, 10, 100);
        _times.Remove(_a);
        AssertP99(100, 10);
        _times.Remove(_b);
        Assert.Null(_times.P99(10));
    }

    private static void Add(ServiceTimes.SiloServiceTimes silo, long tokens, int milliseconds)
    {
        for (var i = 0; i < 56; i++) silo.Add(tokens, TimeSpan.FromMilliseconds(milliseconds));
    }

    private void AssertP99(int milliseconds, long tokens)
        => Assert.InRange(_times.P99(tokens)!.Value.TotalMilliseconds, milliseconds, milliseconds * 1.1);
}
