using System.Globalization;
using Evergrain.Client.Picking;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Picking;

public class LagEstimateTests
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(300);

    private readonly FakeTimeProvider _time = new();
    private readonly LagEstimate _lag;

    public LagEstimateTests() => _lag = new LagEstimate(_time);

    [Theory]
    [InlineData(1, 0)] // a cold first call
    [InlineData(2, 0)]
    [InlineData(3, 300)] // no accident any more
    public void Observe_SlowAnswers_CountFromTheThirdOn(int answers, int milliseconds)
    {
        for (var i = 0; i < answers; i++) Observe(Slow);
        AssertLag(milliseconds);
    }

    [Theory]
    [InlineData("300l", 0)] // one late one in ten may be an accident
    [InlineData("300l 0 0 0 0 0 0 0 200l", 300)] // two are none: the longest counts
    [InlineData("300l 0 0 0 0 0 0 0 0 200l", 300)]
    [InlineData("300l 0 0 0 0 0 0 0 0 0 200l", 0)] // the first is forgotten after ten
    [InlineData("300 0 0 0 0 0 0 0 200", 0)] // slower than predicted, but not late: others of this length take as long
    [InlineData("300l 200l 0 0 0 0 0 0 0 0", 300)]
    [InlineData("300l 200l 0 0 0 0 0 0 0 0 0", 200)] // not yet ten in a row in time
    [InlineData("300l 200l 0 0 0 0 0 0 0 0 0 0", 0)]
    [InlineData("300l 200l 0 0 0 0 0 0 0 0 0 0 100l", 0)] // from then on one is an accident again
    [InlineData("300l 200l 100l 0 0", 300)]
    [InlineData("90 90 90 10l 20l", 90)] // never less than the median of the last five
    [InlineData("90 90 90 90 90 0l 0l", 90)]
    public void Observe_SomeLate_LongestUntilTenWereInTime(string answers, int milliseconds)
    {
        foreach (var answer in answers.Split(' '))
            Observe(TimeSpan.FromMilliseconds(int.Parse(answer.TrimEnd('l'), CultureInfo.InvariantCulture)), late: answer.EndsWith('l'));
        AssertLag(milliseconds);
    }

    [Fact]
    public void Observe_ChunksOfABulkCall_DoNotCount()
    {
        for (var i = 0; i < 10; i++) _lag.Observe(Slow, TimeSpan.Zero, 2048, late: true);
        _lag.ObserveFailure(TimeSpan.FromSeconds(1), 2048);
        AssertLag(0);
    }

    [Fact]
    public void ObserveFailure_One_CountsAtOnce()
    {
        _lag.ObserveFailure(TimeSpan.FromSeconds(1), 10);
        AssertLag(1000);
    }

    [Fact]
    public void At_WithoutNews_HalvesEveryTenSeconds()
    {
        _lag.ObserveFailure(TimeSpan.FromSeconds(1), 10);
        _time.Advance(TimeSpan.FromSeconds(20));
        AssertLag(250);
    }

    [Fact]
    public void Observe_AfterASilence_WhatIsRememberedHasAgedToo()
    {
        Observe(Slow, late: true);
        _time.Advance(TimeSpan.FromSeconds(10));
        Observe(Slow / 3, late: true);
        AssertLag(150); // the longest is the old one
    }

    [Theory]
    [InlineData(1, false)] // within a tie: it gets calls anyway
    [InlineData(3, true)]
    public void NeedsNews_Lag_WhereItKeepsCallsAway(int milliseconds, bool needs)
    {
        for (var i = 0; i < 5; i++) Observe(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(needs, _lag.NeedsNews(_time.GetTimestamp()));
    }

    [Fact]
    public void Observe_EarlierThanPredicted_NoCredit()
    {
        for (var i = 0; i < 5; i++) _lag.Observe(TimeSpan.Zero, Slow, 10, late: false);
        AssertLag(0);
    }

    [Fact]
    public void Observe_FastAgain_ForgetsTheSlowOnes()
    {
        for (var i = 0; i < 5; i++) Observe(Slow);
        for (var i = 0; i < 3; i++) Observe(TimeSpan.Zero);
        AssertLag(0);
    }

    [Fact]
    public void Reset_LateBefore_Forgotten()
    {
        for (var i = 0; i < 5; i++) Observe(Slow, late: true);
        _lag.Reset();
        AssertLag(0);
        Observe(Slow, late: true);
        AssertLag(0); // the first late one again
    }

    private void Observe(TimeSpan lag, bool late = false) => _lag.Observe(lag, TimeSpan.Zero, 10, late);

    private void AssertLag(int milliseconds) => Assert.Equal(milliseconds, _lag.At(_time.GetTimestamp()).TotalMilliseconds, 3);
}
