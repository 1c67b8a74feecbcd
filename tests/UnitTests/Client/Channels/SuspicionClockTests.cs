using Evergrain.Client.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Channels;

public class SuspicionClockTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(600);

    [Fact]
    public void NextLimit_ChecksOnTime_LimitUnchanged()
    {
        var time = new FakeTimeProvider();
        var clock = new SuspicionClock(time);
        for (var i = 0; i < 100; i++)
        {
            time.Advance(SuspicionClock.Interval);
            Assert.Equal(Limit, clock.NextLimit(Limit));
        }
    }

    [Fact]
    public void NextLimit_CheckThreeSecondsLate_LimitGrowsByThreeSecondsForOneLimit()
    {
        var time = new FakeTimeProvider();
        var clock = new SuspicionClock(time);
        time.Advance(SuspicionClock.Interval + TimeSpan.FromSeconds(3));
        Assert.Equal(Limit + TimeSpan.FromSeconds(3), clock.NextLimit(Limit));
        time.Advance(SuspicionClock.Interval);
        Assert.Equal(Limit + TimeSpan.FromSeconds(3), clock.NextLimit(Limit));
        for (var i = 0; i < 12; i++)
        {
            time.Advance(SuspicionClock.Interval);
            clock.NextLimit(Limit);
        }

        Assert.Equal(Limit, clock.NextLimit(Limit));
    }
}
