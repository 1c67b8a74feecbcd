using Evergrain.Client.Picking;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Picking;

public class EjectionTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Ejection _ejection;

    public EjectionTests() => _ejection = new Ejection(_time);

    [Theory]
    [InlineData("FF", false)]
    [InlineData("FFF", true)]
    [InlineData("FFSFF", false)] // not in a row
    [InlineData("SSSSSSSSSSSSSSFSFSFSFSF", false)] // 5 of 23: 22 %
    [InlineData("SSSSSSSSFSFSFSFSFSF", false)] // 6 of 19: too few to say
    [InlineData("SSSSSSSSSFSFSFSFSFSF", true)] // 6 of 20: 30 %
    public void Failed_Pattern_EjectedOrNot(string pattern, bool ejected)
    {
        Play(pattern);
        Assert.Equal(ejected, _ejection.IsEjected);
    }

    [Fact]
    public void Failed_OldFailures_DoNotCount()
    {
        Play("SSSSSSSSSFSFSFSFSFS"); // 5 of 19
        _time.Advance(TimeSpan.FromSeconds(11));
        Play("SSSSSSSSSSSSSSSSSSSF"); // 1 of 20
        Assert.False(_ejection.IsEjected);
    }

    [Fact]
    public void Failed_NoOtherSilo_NeverEjected()
    {
        for (var i = 0; i < 50; i++) Assert.Null(_ejection.Failed(allowed: false));
        Assert.False(_ejection.IsEjected);
    }

    [Fact]
    public void Failed_AgainAndAgain_TwoSecondsLongerEachTimeThirtyAtMost()
    {
        for (var times = 1; times <= 20; times++)
        {
            var expected = TimeSpan.FromSeconds(Math.Min(2 * times, 30));
            Assert.Null(_ejection.Failed(true));
            Assert.Null(_ejection.Failed(true));
            Assert.Equal(expected, _ejection.Failed(true));
            _time.Advance(expected - TimeSpan.FromMilliseconds(1));
            Assert.False(_ejection.IsProbeDue);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(_ejection.IsProbeDue);
            _ejection.Readmit();
        }
    }

    [Fact]
    public void IsEjected_TimeOver_UntilReadmitted()
    {
        Play("FFF");
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((true, true), (_ejection.IsEjected, _ejection.IsProbeDue));
        _ejection.Readmit();
        Assert.Equal((false, false), (_ejection.IsEjected, _ejection.IsProbeDue));
    }

    [Fact]
    public void ProbeFailed_AgainAndAgain_LongerEachTimeAndNoProbeMeanwhile()
    {
        Play("FFF");
        for (var times = 2; times <= 4; times++)
        {
            _time.Advance(TimeSpan.FromSeconds(2 * (times - 1)));
            Assert.True(_ejection.IsProbeDue);
            Assert.Equal(TimeSpan.FromSeconds(2 * times), _ejection.ProbeFailed());
            Assert.Equal((true, false), (_ejection.IsEjected, _ejection.IsProbeDue));
        }
    }

    [Fact]
    public void Readmit_AfterFailures_CleanSlate()
    {
        Play("SSSSSSSSSFSFSFSFSFSF");
        Assert.True(_ejection.IsEjected);
        _ejection.Readmit();
        Play("FF"); // neither three in a row nor 30 % of twenty any more
        Assert.False(_ejection.IsEjected);
        Play("F");
        Assert.True(_ejection.IsEjected);
    }

    [Fact]
    public void Failed_AfterAQuietMinute_TwoSecondsAgain()
    {
        Play("FFF");
        _time.Advance(TimeSpan.FromSeconds(2));
        _ejection.Readmit();
        Play("FFF");
        _time.Advance(TimeSpan.FromSeconds(65));
        _ejection.Readmit();
        Play("FF");
        Assert.Equal(TimeSpan.FromSeconds(2), _ejection.Failed(true));
    }

    [Fact]
    public void Failed_WhileEjected_NotLonger()
    {
        Play("FFF");
        Assert.Null(_ejection.Failed(true));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_ejection.IsProbeDue);
    }

    private void Play(string pattern)
    {
        foreach (var c in pattern)
        {
            if (c == 'S') _ejection.Succeeded();
            else _ejection.Failed(allowed: true);
        }
    }
}
