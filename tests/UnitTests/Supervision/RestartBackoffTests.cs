using Evergrain.Cli.Supervision;

namespace Evergrain.UnitTests.Supervision;

public class RestartBackoffTests
{
    private readonly RestartBackoff _backoff = new(new SupervisorOptions());

    [Fact]
    public void Next_NeverHealthy_DoublesUpToTheCap()
        => Assert.Equal([200, 400, 800, 1600, 3200, 5000, 5000], Enumerable.Range(0, 7).Select(_ => Next(0)));

    [Fact]
    public void Next_HealthyFor30Seconds_BeginsAgain()
    {
        Assert.Equal([200, 400, 800], [Next(0), Next(0), Next(29.9)]);
        Assert.Equal([200, 400], [Next(30), Next(0)]);
    }

    [Fact]
    public void Next_WrongConfiguration_WaitsTheCapAtOnce()
    {
        Assert.Equal(5000, Next(0, hopeless: true));
        Assert.Equal(5000, Next(0));
    }

    private double Next(double healthySeconds, bool hopeless = false)
        => _backoff.Next(TimeSpan.FromSeconds(healthySeconds), hopeless).TotalMilliseconds;
}
