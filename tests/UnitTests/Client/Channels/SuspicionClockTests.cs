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
        var clock = new SuspicionClock(time, Limit);
        for (var i = 0; i < 100; i++)
        {
            time.Advance(SuspicionClock.Interval);
            Assert.Equal(Limit, clock.NextLimit());
        }
    }

    [Fact]
    public void NextLimit_CheckThreeSecondsLate_LimitGrowsByThreeSecondsForOneLimit()
    {
        var time = new FakeTimeProvider();
        var clock = new SuspicionClock(time, Limit);
        time.Advance(SuspicionClock.Interval + TimeSpan.FromSeconds(3));
        Assert.Equal(Limit + TimeSpan.FromSeconds(3), clock.NextLimit());
        time.Advance(SuspicionClock.Interval);
        Assert.Equal(Limit + TimeSpan.FromSeconds(3), clock.NextLimit());
        for (var i = 0; i < 12; i++)
        {
            time.Advance(SuspicionClock.Interval);
            clock.NextLimit();
        }

        Assert.Equal(Limit, clock.NextLimit());
    }
}
