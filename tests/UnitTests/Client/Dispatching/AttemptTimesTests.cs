using Evergrain.Client.Dispatching;
using Evergrain.Client.Picking;

namespace Evergrain.UnitTests.Client.Dispatching;

public class AttemptTimesTests
{
    [Theory]
    // 100 tokens at 1,000 a second: 100 ms. Times in milliseconds.
    // queued, p99, left → wait, predicted, late after, hedge after, limit
    [InlineData(0, 50, 5000, 0, 100, 50, 50, 300 + 150)]
    [InlineData(0, 40, 5000, 0, 100, 40, 50, 300 + 150)] // 3 × 40 is under 150
    [InlineData(0, 100, 5000, 0, 100, 100, 100, 300 + 300)]
    [InlineData(0, 500, 5000, 0, 100, 500, 500, 300 + 1000)] // never more than 1 s
    [InlineData(0, 5, 5000, 0, 100, 20, 50, 300 + 150)] // no copy before 50 ms
    [InlineData(200, 50, 5000, 200, 300, 250, 250, 900 + 150)] // a known queue is no lateness
    [InlineData(0, 0, 5000, 0, 100, 1300, 1300, 300 + 1000)] // unknown: nothing is late, only failed
    [InlineData(0, 50, 200, 0, 100, 50, 50, 200)] // no more than the request has
    [InlineData(2000, 0, 200, 2000, 2100, 7300, 7300, 200)]
    public void Of_QueueAndPercentileAndTimeLeft_Times(int queued, int p99, int left, int wait, int predicted, int lateAfter, int hedgeAfter, int limit)
    {
        var silo = new Candidate { DrainRate = 1000, QueuedTokens = queued / 2, UnacknowledgedTokens = queued - (queued / 2) };
        var times = AttemptTimes.Of(silo, 100, p99 == 0 ? null : Milliseconds(p99), Milliseconds(left));
        Assert.Equal(new AttemptTimes(Milliseconds(wait), Milliseconds(predicted), Milliseconds(lateAfter), Milliseconds(hedgeAfter), Milliseconds(limit)), times);
    }

    [Fact]
    public void Of_BatchRunning_IsWaitedFor()
    {
        var silo = new Candidate { DrainRate = 1000, RestOfBatch = Milliseconds(70), Lag = Milliseconds(500) };
        var times = AttemptTimes.Of(silo, 10, Milliseconds(30), TimeSpan.FromSeconds(5));
        Assert.Equal((Milliseconds(70), Milliseconds(80), Milliseconds(100), Milliseconds(120)), (times.Wait, times.Predicted, times.LateAfter, times.HedgeAfter)); // lag left out
    }

    [Fact]
    public void Of_DrainRateUnknown_OneTokenASecond()
        => Assert.Equal(TimeSpan.FromSeconds(10), AttemptTimes.Of(new Candidate(), 10, null, TimeSpan.FromMinutes(1)).Predicted);

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
