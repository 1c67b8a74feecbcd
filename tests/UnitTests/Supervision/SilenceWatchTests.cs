using Evergrain.Cli.Supervision;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Supervision;

public class SilenceWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SilenceWatch _watch;

    public SilenceWatchTests() => _watch = new SilenceWatch(new SupervisorOptions(), _time);

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    public void IsSilent_NeverAnswered_After60Seconds(int seconds, bool silent)
    {
        Look(seconds, answered: false);

        Assert.Equal(silent, _watch.IsSilent);
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public void IsSilent_HasAnswered_After10Seconds(int seconds, bool silent)
    {
        Look(1, answered: true);
        Look(seconds, answered: false);

        Assert.Equal(silent, _watch.IsSilent);
    }

    [Fact]
    public void IsSilent_AnAnswerInBetween_StartsTheCountAgain()
    {
        Look(1, answered: true);
        Look(9, answered: false);
        Look(1, answered: true);
        Look(9, answered: false);

        Assert.False(_watch.IsSilent);
    }

    [Fact]
    public void IsSilent_WeWerePausedForAnHour_IsNotTheChildsFault()
    {
        Look(1, answered: true);
        _time.Advance(TimeSpan.FromHours(1));
        _watch.Observe(answered: false);

        Assert.False(_watch.IsSilent);
    }

    [Fact]
    public void HealthyFor_CountsFromTheFirstAnswerOfTheStreak()
    {
        Assert.Equal(TimeSpan.Zero, _watch.HealthyFor);
        Look(10, answered: true);
        Assert.Equal(TimeSpan.FromSeconds(9), _watch.HealthyFor);
        Look(1, answered: false);
        Assert.Equal(TimeSpan.Zero, _watch.HealthyFor);
        Look(3, answered: true);
        Assert.Equal(TimeSpan.FromSeconds(2), _watch.HealthyFor);
    }

    private void Look(int seconds, bool answered)
    {
        for (var i = 0; i < seconds; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _watch.Observe(answered);
        }
    }
}
