using Evergrain.Silo.Poison;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Silo.Poison;

public class AlonePlaceTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Guid A = Guid.NewGuid();
    private static readonly Guid B = Guid.NewGuid();
    private static readonly Guid C = Guid.NewGuid();

    private readonly FakeTimeProvider _time = new();
    private readonly AlonePlace _place;

    public AlonePlaceTests() => _place = new AlonePlace(_time);

    [Fact]
    public async Task Enter_Free_AtOnce() => Assert.True(await EnterAsync(A));

    [Fact]
    public async Task Enter_Taken_OneAfterTheOtherInOrder()
    {
        var (a, b, c) = (EnterAsync(A), EnterAsync(B), EnterAsync(C));
        Assert.Equal((true, false, false), (a.IsCompleted, b.IsCompleted, c.IsCompleted));
        _place.Leave(A);
        Assert.True(await b);
        Assert.False(c.IsCompleted);
        _place.Leave(B);
        Assert.True(await c);
    }

    [Fact]
    public async Task Enter_HolderNeverLeaves_NextAfterThreeSeconds()
    {
        await EnterAsync(A);
        var (b, c) = (EnterAsync(B), EnterAsync(C));
        _time.Advance(TimeSpan.FromSeconds(2.999));
        Assert.False(b.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.True(await b);
        _time.Advance(TimeSpan.FromSeconds(2.999)); // its own three seconds
        Assert.False(c.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.True(await c);
    }

    [Fact]
    public async Task Leave_WhileItWaits_IsPassedOver()
    {
        await EnterAsync(A);
        var (b, c) = (EnterAsync(B), EnterAsync(C));
        _place.Leave(B);
        Assert.False(await b);
        _place.Leave(A);
        Assert.True(await c);
    }

    [Fact]
    public async Task Enter_AfterItLeft_NeverHasThePlace()
    {
        _place.Leave(A);
        Assert.False(await EnterAsync(A));
        Assert.True(await EnterAsync(B));
    }

    [Fact]
    public async Task Leave_ByAnExpiredHolder_NothingHappens()
    {
        await EnterAsync(A);
        var (b, c) = (EnterAsync(B), EnterAsync(C));
        _time.Advance(TimeSpan.FromSeconds(3));
        await b;
        _place.Leave(A);
        Assert.False(c.IsCompleted);
    }

    [Fact]
    public async Task Leave_NobodyWaits_Free()
    {
        await EnterAsync(A);
        _place.Leave(A);
        Assert.True(await EnterAsync(B));
    }

    [Fact]
    public async Task Enter_TimeOverFirst_FalseAndTheNextIsNotKeptWaiting()
    {
        await EnterAsync(A);
        var b = _place.EnterAsync(B, TimeSpan.FromSeconds(1), CancellationToken.None);
        var c = EnterAsync(C);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await b.WaitAsync(Patience));
        _place.Leave(A);
        Assert.True(await c);
    }

    [Fact]
    public async Task Enter_CallerLeavesWhileWaiting_FalseAndTheNextIsNotKeptWaiting()
    {
        await EnterAsync(A);
        using var caller = new CancellationTokenSource();
        var b = _place.EnterAsync(B, Minute, caller.Token);
        var c = EnterAsync(C);
        await caller.CancelAsync();
        Assert.False(await b.WaitAsync(Patience));
        _place.Leave(A);
        Assert.True(await c);
    }

    [Fact]
    public async Task Enter_CallerHasLeftAlready_TakesNoPlace()
    {
        Assert.False(await _place.EnterAsync(A, Minute, new CancellationToken(canceled: true)).WaitAsync(Patience));
        Assert.True(EnterAsync(B).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Enter_CallerLeavesAsThePlaceIsGranted_PlaceIsNotLost()
    {
        for (var i = 0; i < 200; i++)
        {
            var place = new AlonePlace(_time);
            await place.EnterAsync(A, Minute, CancellationToken.None);
            using var caller = new CancellationTokenSource();
            var b = place.EnterAsync(B, Minute, caller.Token);
            // Called before the waiting is cancelled: what was registered last comes first.
            await using var granted = caller.Token.Register(() => place.Leave(A));
            await caller.CancelAsync();
            if (await b.WaitAsync(Patience)) place.Leave(B); // else it left first
            Assert.True(place.EnterAsync(C, Minute, CancellationToken.None).IsCompletedSuccessfully);
        }
    }

    [Fact]
    public async Task Enter_ManyWhoLeaveCancelOrRunOutOfTime_OneHolderAtATimeAndNoPlaceIsLost()
    {
        var time = new NobodyExpires();
        var place = new AlonePlace(time);
        var (holders, granted) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 200; i++)
            {
                var ticket = Guid.NewGuid();
                using var caller = new CancellationTokenSource(random.Next(3) == 0 ? Milliseconds(random.Next(4)) : Minute, time);
                if (!await place.EnterAsync(ticket, Milliseconds(random.Next(1, 6)), caller.Token)) continue;
                Assert.Equal(1, Interlocked.Increment(ref holders));
                Interlocked.Increment(ref granted);
                if (random.Next(4) == 0) await Task.Yield();
                Interlocked.Decrement(ref holders);
                place.Leave(ticket);
            }
        }))).WaitAsync(Minute);

        Assert.NotEqual(0, granted);
        Assert.True(place.EnterAsync(A, Minute, CancellationToken.None).IsCompletedSuccessfully);
    }

    private Task<bool> EnterAsync(Guid ticket) => _place.EnterAsync(ticket, Minute, CancellationToken.None).WaitAsync(Patience);

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>The real clock, so that time-outs, cancellations and grants race; only that no holder's time is ever over, because a busy
    /// machine may keep one from leaving for that long.</summary>
    private sealed class NobodyExpires : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
            => base.CreateTimer(callback, state, dueTime == TimeSpan.FromSeconds(3) ? Timeout.InfiniteTimeSpan : dueTime, period);
    }
}
