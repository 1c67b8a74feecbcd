using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests;

public class PoisonListTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly PoisonList _list;

    public PoisonListTests() => _list = new PoisonList(_time);

    [Fact]
    public void HashOf_Text_Sha256OfItsUtf8InLowerCase()
        => Assert.Equal("3a5608f2697821a0126aa9ea52027ca53f762b81bf153bc029ad834045dc9c81", PoisonList.HashOf("毒"));

    [Fact]
    public void Refused_NothingMarked_Null()
    {
        Assert.Null(_list.Refused("毒"));
        Assert.True(_list.IsEmpty);
        Assert.Empty(_list.Marks);
    }

    [Fact]
    public void Refused_Marked_UntilItsTimeIsOver()
    {
        Assert.Single(_list.Add([Mark("毒", 60)]));
        Assert.Equal(TimeSpan.FromSeconds(60), _list.Refused("毒"));
        Assert.Null(_list.Refused("药"));
        _time.Advance(TimeSpan.FromSeconds(59.999));
        Assert.Equal(TimeSpan.FromSeconds(0.001), _list.Refused("毒"));
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Null(_list.Refused("毒"));
        Assert.Empty(_list.Marks);
    }

    [Theory]
    [InlineData(600, 600)]
    [InlineData(6000, 600)] // another process may be wrong about it
    public void Add_TimeLeft_TenMinutesAtMost(int seconds, int expected)
    {
        _list.Add([Mark("毒", seconds)]);
        Assert.Equal(TimeSpan.FromSeconds(expected), _list.Refused("毒"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Add_TimeIsOver_NotTaken(int seconds)
    {
        Assert.Empty(_list.Add([Mark("毒", seconds)]));
        Assert.Null(_list.Refused("毒"));
    }

    [Theory]
    [InlineData(100, false)] // the same again
    [InlineData(40, false)] // never shortened
    [InlineData(105, false)] // a repeat, a little slower on its way
    [InlineData(106, true)]
    [InlineData(500, true)]
    public void Add_MarkedFor100Seconds_OnlyAClearlyLongerOneIsNews(int seconds, bool news)
    {
        _list.Add([Mark("毒", 100)]);
        Assert.Equal(news, _list.Add([Mark("毒", seconds)]).Length == 1);
        Assert.Equal(TimeSpan.FromSeconds(news ? seconds : 100), _list.Refused("毒"));
    }

    [Fact]
    public void Add_RepeatedWithEveryReport_NoNewsAndItStillEnds()
    {
        _list.Add([Mark("毒", 600)]);
        for (var second = 1; second < 600; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Empty(_list.Add(_list.Marks));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_list.Refused("毒"));
    }

    [Fact]
    public void Add_AfterItsTime_NewsAgain()
    {
        _list.Add([Mark("毒", 60)]);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Single(_list.Add([Mark("毒", 60)]));
    }

    [Fact]
    public void Add_Nothing_Nothing()
    {
        Assert.Empty(_list.Add([]));
        Assert.Empty(_list.Add(default));
        Assert.True(_list.IsEmpty);
    }

    [Fact]
    public void Add_ExpiredOnesWhenOthersCome_AreForgotten()
    {
        _list.Add([Mark("毒", 60)]);
        _time.Advance(TimeSpan.FromSeconds(61));
        _list.Add([Mark("药", 1)]);
        _time.Advance(TimeSpan.FromSeconds(2));
        _list.Add([Mark("x", 0)]);
        Assert.True(_list.IsEmpty);
    }

    [Fact]
    public void Add_MoreThan1024_ThoseThatEndFirstMakeRoom()
    {
        _list.Add([.. Enumerable.Range(1, 1030).Select(i => Mark(i.ToString(CultureInfo.InvariantCulture), 10 + (i * 0.5)))]);
        Assert.Equal(1024, _list.Marks.Length);
        Assert.Equal(
            Enumerable.Range(1, 6), Enumerable.Range(1, 1030).Where(i => _list.Refused(i.ToString(CultureInfo.InvariantCulture)) is null));
    }

    [Fact]
    public void Marks_Some_TimeLeftNow()
    {
        _list.Add([Mark("毒", 60), Mark("药", 90)]);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([Mark("毒", 50), Mark("药", 80)], _list.Marks.OrderBy(m => m.TimeLeft));
    }

    private static PoisonMark Mark(string text, double seconds) => new() { Hash = PoisonList.HashOf(text), TimeLeft = TimeSpan.FromSeconds(seconds) };
}
