using Evergrain.Cli.Supervision;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Supervision;

public class SilenceWatchTests
{
    private static readonly SupervisorOptions Options = new();

    private readonly FakeTimeProvider _time = new();
    private readonly SilenceWatch _watch;

    public SilenceWatchTests() => _watch = new SilenceWatch(Options.SilenceOf(ChildSpec.Silo), Options, _time);

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

    /// <summary>Looks as they really come: one a second, and one that finds no answer takes its 2 s.</summary>
    [Theory]
    [InlineData(ChildSpec.Silo, 13)]
    [InlineData(ChildSpec.Gateway, 10)]
    public void IsSilent_Frozen_WithinWhatIsPromised(string kind, int promised)
    {
        var watch = new SilenceWatch(Options.SilenceOf(kind), Options, _time);
        _time.Advance(Options.PollInterval);
        watch.Observe(answered: true);
        var frozen = _time.GetTimestamp();

        _time.Advance(Options.PollInterval);
        while (!watch.IsSilent)
        {
            _time.Advance(Options.ProbeTimeout);
            watch.Observe(answered: false);
        }

        Assert.InRange(_time.GetElapsedTime(frozen).TotalSeconds, promised - 4, promised);
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
