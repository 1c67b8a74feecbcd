using System.Collections.Immutable;
using Evergrain.Client.Dispatching;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Dispatching;

/// <summary>The client without failover, by which a drill sees whether it would notice.</summary>
public class SingleAttemptTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeChannel _a = new("silo-a");
    private readonly FakeChannel _b = new("silo-b");
    private readonly SingleAttempt _dispatcher;

    public SingleAttemptTests() => _dispatcher = new SingleAttempt(new FakeChannels(new PoisonList(_time), _a, _b), _time, new Random(1));

    [Fact]
    public async Task Send_HalfOfTheSilosLost_HalfOfTheCallsFail()
    {
        _a.Kill();
        _a.OnPredict = (_, _) => throw new TimeoutException();
        ImmutableArray<DispatchResult> results = [.. await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => SendAsync()))];
        Assert.InRange(results.Count(r => r.Error == ErrorCode.NoSilo), 70, 130); // it does not know
        Assert.All(results, r => Assert.Equal(1, r.Attempts));
        Assert.Equal(200, _a.Requests.Count + _b.Requests.Count);
        Assert.Empty(_a.Failures); // and learns nothing
    }

    [Fact]
    public async Task Send_FrozenSilo_WaitsUntilItsTimeIsOver()
    {
        _a.OnPredict = _b.OnPredict = FakeChannel.Hang;
        var call = SendAsync();
        _a.Freeze();
        _b.Freeze();
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((ErrorCode.DeadlineExceeded, 1), ((await call).Error, (await call).Attempts));
        Assert.Equal(1, _a.Requests.Count + _b.Requests.Count);
    }

    [Fact]
    public async Task Send_Refused_RefusedAfterOneAttempt()
    {
        _a.OnPredict = (_, _) => Task.FromResult(_a.Refuse(ErrorCode.Overloaded));
        _b.OnPredict = (_, _) => Task.FromResult(_b.Refuse(ErrorCode.Overloaded));
        Assert.Equal(ErrorCode.Overloaded, (await SendAsync()).Error);
        Assert.Equal(1, _a.Requests.Count + _b.Requests.Count);
    }

    [Fact]
    public async Task Send_NoSiloEverSeen_NoSilo()
    {
        _a.Load = _a.Load with { DrainRate = 0 };
        _b.Load = _b.Load with { DrainRate = 0 };
        Assert.Equal((ErrorCode.NoSilo, 0), ((await SendAsync()).Error, _a.Requests.Count + _b.Requests.Count));
    }

    [Fact]
    public async Task Send_CallerCancels_Throws()
    {
        _a.OnPredict = _b.OnPredict = FakeChannel.Hang;
        using var caller = new CancellationTokenSource();
        var call = _dispatcher.SendAsync(Request(), null, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private Task<DispatchResult> SendAsync() => _dispatcher.SendAsync(Request(), null, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

    private static PredictRequest Request() => new() { Texts = ["好"], TimeLeft = TimeSpan.FromSeconds(5) };
}
