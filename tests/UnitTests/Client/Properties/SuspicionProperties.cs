using CsCheck;
using Evergrain.Client.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Properties;

/// <summary>A process that was paused does not take its own pause for the silence of others.</summary>
public class SuspicionProperties
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(600);

    /// <summary>Milliseconds from one check to the next: mostly on time, sometimes late, sometimes by far.</summary>
    private static readonly Gen<int[]> AnyChecks =
        Gen.Frequency((10, Gen.Const(50)), (4, Gen.Int[40, 70]), (2, Gen.Int[50, 900]), (1, Gen.Int[50, 20_000])).Array[1, 60];

    [Fact]
    public void NextLimit_CheckLate_ReportsYoungerThanLimitAndLatenessAreNotTooOld()
        => AnyChecks.Sample(checks =>
        {
            var time = new FakeTimeProvider();
            var clock = new SuspicionClock(time);
            foreach (var check in checks)
            {
                time.Advance(TimeSpan.FromMilliseconds(check));
                var lateness = TimeSpan.FromMilliseconds(Math.Max(0, check - 50));
                Assert.True(clock.NextLimit(Limit) >= Limit + lateness, $"late by {lateness.TotalMilliseconds} ms");
            }
        }, iter: 20_000);

    [Fact]
    public void NextLimit_OnTimeAgainForLongerThanTheLimit_TheLimit()
        => AnyChecks.Sample(checks =>
        {
            var time = new FakeTimeProvider();
            var clock = new SuspicionClock(time);
            foreach (var check in checks)
            {
                time.Advance(TimeSpan.FromMilliseconds(check));
                clock.NextLimit(Limit);
            }

            var limit = TimeSpan.Zero;
            for (var i = 0; i < 14; i++)
            {
                time.Advance(SuspicionClock.Interval);
                limit = clock.NextLimit(Limit);
            }

            Assert.Equal(Limit, limit); // a frozen silo is not spared for ever
        }, iter: 5000);
}
