using Evergrain.Client.Events;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Events;

public class ClusterEventsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly ClusterEvents _events;

    public ClusterEventsTests() => _events = new ClusterEvents(NullLogger<ClusterEvents>.Instance, _time);

    [Fact]
    public void Publish_Some_KeptInOrderWithIdsFromOne()
    {
        Publish(3);
        Assert.Equal([(1, "silo-1"), (2, "silo-2"), (3, "silo-3")], _events.Recent.Select(e => ((int)e.Id, e.Silo)));
        Assert.All(_events.Recent, e => Assert.Equal(_time.GetUtcNow(), e.At));
    }

    [Fact]
    public void Publish_WithItsTime_KeepsIt()
    {
        var at = _time.GetUtcNow() - TimeSpan.FromSeconds(9);
        _events.Publish(ClusterEventKind.Failover, "silo-a", 7, "cause", "evidence", 3, at);
        var told = Assert.Single(_events.Recent);
        Assert.Equal(
            new ClusterEvent
            {
                Id = 1,
                At = at,
                Kind = ClusterEventKind.Failover,
                Silo = "silo-a",
                BootId = 7,
                Cause = "cause",
                Evidence = "evidence",
                InFlight = 3,
            },
            told);
    }

    [Fact]
    public void Publish_MoreThanAThousand_TheLastThousandAreKept()
    {
        Publish(1003);
        Assert.Equal(1000, _events.Recent.Count);
        Assert.Equal((4, 1003), (_events.Recent[0].Id, _events.Recent[^1].Id));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 3)]
    [InlineData(5, 6)] // all are known: only what comes
    public async Task Watch_AfterAnId_ThoseAfterItAndThenTheNews(int after, int first)
    {
        Publish(5);
        var watcher = Watch(after);
        if (first <= 5) Assert.Equal(Enumerable.Range(first, 6 - first), await TakeAsync(watcher, 6 - first));
        var next = TakeAsync(watcher, 2);
        Publish(2);
        Assert.Equal([6, 7], await next);
    }

    [Fact]
    public async Task Watch_TwoWatchers_EachSeesAll()
    {
        var (one, two) = (Watch(0), Watch(0));
        Publish(1);
        Assert.Equal([1], await TakeAsync(one, 1));
        Assert.Equal([1], await TakeAsync(two, 1));
        Publish(1);
        Assert.Equal([2], await TakeAsync(one, 1));
        Assert.Equal([2], await TakeAsync(two, 1));
    }

    [Fact]
    public async Task Watch_SlowWatcher_LosesTheOldestAndSeesTheGap()
    {
        var watcher = Watch(0);
        Publish(1);
        Assert.Equal([1], await TakeAsync(watcher, 1));
        Publish(1200);
        Assert.Equal(Enumerable.Range(202, 1000), await TakeAsync(watcher, 1000));
    }

    [Fact]
    public async Task Watch_Cancelled_Ends()
    {
        using var cancel = new CancellationTokenSource();
        var watcher = Watch(0, cancel.Token);
        var next = watcher.MoveNextAsync().AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(Patience));
    }

    [Fact]
    public async Task Publish_FromManyTasks_WatcherSeesThemInTheOrderOfTheirIds()
    {
        const int Publishers = 8;
        const int Each = 100; // fewer than a watcher may be behind
        for (var round = 0; round < 30; round++)
        {
            var events = new ClusterEvents(NullLogger<ClusterEvents>.Instance, _time);
            var watcher = events.WatchAsync(0).GetAsyncEnumerator();
            var first = watcher.MoveNextAsync();
            using var start = new Barrier(Publishers);
            var publishers = Enumerable.Range(0, Publishers).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(Patience);
                    for (var i = 0; i < Each; i++) events.Publish(ClusterEventKind.Ready, "silo-a", 1, "cause");
                },
                TaskCreationOptions.LongRunning));
            await Task.WhenAll(publishers);
            Assert.True(await first);
            Assert.Equal(1, watcher.Current.Id);
            Assert.Equal(Enumerable.Range(2, (Publishers * Each) - 1), await TakeAsync(watcher, (Publishers * Each) - 1));
        }
    }

    private void Publish(int count)
    {
        for (var i = 1; i <= count; i++) _events.Publish(ClusterEventKind.Ready, $"silo-{i}", 1, "it takes calls again");
    }

    private IAsyncEnumerator<ClusterEvent> Watch(long after, CancellationToken cancellationToken = default)
        => _events.WatchAsync(after, cancellationToken).GetAsyncEnumerator(CancellationToken.None);

    private static async Task<List<int>> TakeAsync(IAsyncEnumerator<ClusterEvent> watcher, int count)
    {
        var ids = new List<int>();
        while (ids.Count < count)
        {
            Assert.True(await watcher.MoveNextAsync().AsTask().WaitAsync(Patience));
            ids.Add((int)watcher.Current.Id);
        }

        return ids;
    }
}
