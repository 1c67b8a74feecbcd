using Evergrain.Client.Channels;
using Evergrain.Client.Events;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Channels;

public sealed class FailoverTallyTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ClusterEvents _events;
    private readonly FailoverTally _tally;

    public FailoverTallyTests()
    {
        _events = new ClusterEvents(NullLogger<ClusterEvents>.Instance, _time);
        _tally = new FailoverTally(_events, _time);
    }

    public void Dispose() => _tally.Dispose();

    [Fact]
    public void Moved_AllOfThem_ToldAtTheLast()
    {
        _tally.Begin("silo-a", 7, calls: 3);
        Move(20);
        Move(20);
        Assert.Empty(_events.Recent);
        Move(5);
        var told = Assert.Single(_events.Recent);
        Assert.Equal((ClusterEventKind.Failover, "silo-a", 7, 3), (told.Kind, told.Silo, told.BootId, told.InFlight));
        Assert.Equal("3 of 3 calls, the last 45 ms after the loss was seen", told.Evidence);
        Assert.Equal(_time.GetUtcNow(), told.At);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Single(_events.Recent); // once
    }

    [Fact]
    public void Moved_SomeNever_ToldAfterASecondWithTheTimeOfTheLast()
    {
        _tally.Begin("silo-a", 7, calls: 3);
        Move(40);
        var last = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(0.959));
        Assert.Empty(_events.Recent);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        var told = Assert.Single(_events.Recent);
        Assert.Equal(("1 of 3 calls, the last 40 ms after the loss was seen", last, 1), (told.Evidence, told.At, told.InFlight));
    }

    [Theory]
    [InlineData(0)] // none were there
    [InlineData(2)] // their callers left
    public void Begin_NoneMoves_NothingIsTold(int calls)
    {
        _tally.Begin("silo-a", 7, calls);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(_events.Recent);
    }

    [Fact]
    public void Moved_AfterItWasTold_DoesNotCount()
    {
        _tally.Begin("silo-a", 7, calls: 1);
        Move(10);
        Move(10);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Single(_events.Recent);
    }

    [Fact]
    public void Begin_Again_CountsAnew()
    {
        _tally.Begin("silo-a", 7, calls: 1);
        Move(10);
        _tally.Begin("silo-a", 8, calls: 2);
        Move(10);
        Move(10);
        Assert.Equal([(7, 1), (8, 2)], _events.Recent.Select(e => (e.BootId, e.InFlight)));
    }

    private void Move(int milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _tally.Moved();
    }
}
