using System.Diagnostics.Metrics;
using Evergrain.Client;
using Evergrain.Client.Dispatching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client;

public class DispatcherTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeTimeProvider _time = new();

    // silo-a is always picked first: silo-b has more queued.
    private readonly FakeChannel _a = new("silo-a");
    private readonly FakeChannel _b = new("silo-b") { Load = ReportStateTests.Report(1, 1) with { Silo = "silo-b", QueuedTokens = 500 } };

    [Fact]
    public async Task Send_AllWell_OneAttempt()
    {
        var result = await Dispatcher().SendAsync(Request(), None);
        Assert.Equal(("silo-a", 1, ErrorCode.None), (result.ServedBy, result.Attempts, result.Error));
        Assert.Single(_a.Observations);
    }

    [Fact]
    public async Task Send_ConnectionLostInFlight_OtherSiloAnswers()
    {
        _a.OnPredict = FakeChannel.Hang;
        var call = Dispatcher().SendAsync(Request(), None);
        await _a.Called.Task;
        _a.Kill();
        var result = await call;
        Assert.Equal(("silo-b", 2), (result.ServedBy, result.Attempts));
    }

    [Fact]
    public async Task Send_LostAfterTwoSeconds_OtherGetsTheTimeThatIsLeft()
    {
        _a.OnPredict = FakeChannel.Hang;
        _a.Load = _a.Load with { DrainRate = 2 };
        _b.Connected = false;
        var call = Dispatcher().SendAsync(Request(), None);
        await _a.Called.Task;
        _time.Advance(TimeSpan.FromSeconds(2));
        _b.Connected = true;
        _b.Load = _b.Load with { DrainRate = 1 };
        _a.Kill();
        await call;
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.Single(_b.Requests).TimeLeft);
    }

    [Fact]
    public async Task Send_NotReady_OtherSiloAnswersAndNobodyIsBlamed()
    {
        _a.OnPredict = (_, _) => Task.FromResult(_a.Refuse(ErrorCode.NotReady));
        var result = await Dispatcher().SendAsync(Request(), None);
        Assert.Equal(("silo-b", 2), (result.ServedBy, result.Attempts));
        Assert.Empty(_a.Failures);
    }

    [Fact]
    public async Task Send_BothOverloaded_OverloadedWithRetryAfter()
    {
        _a.OnPredict = (_, _) => Task.FromResult(_a.Refuse(ErrorCode.Overloaded, TimeSpan.FromSeconds(2)));
        _b.OnPredict = (_, _) => Task.FromResult(_b.Refuse(ErrorCode.Overloaded, TimeSpan.FromSeconds(3)));
        var result = await Dispatcher().SendAsync(Request(), None);
        Assert.Equal((ErrorCode.Overloaded, TimeSpan.FromSeconds(3), 2), (result.Error, result.RetryAfter, result.Attempts));
    }

    [Fact]
    public async Task Send_Throws_OtherSiloAnswersAndTheFailureCountsAsSlow()
    {
        _a.OnPredict = (_, _) => throw new TimeoutException();
        var result = await Dispatcher().SendAsync(Request(), None);
        Assert.Equal("silo-b", result.ServedBy);
        Assert.True(Assert.Single(_a.Failures) > TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Send_NoAnswerWithinTheAttempt_OtherSiloAnswers()
    {
        _a.OnPredict = FakeChannel.Hang;
        var call = Dispatcher().SendAsync(Request(), None);
        await _a.Called.Task;
        _time.Advance(TimeSpan.FromSeconds(1.1)); // 3 × 3 ms predicted + 1 s
        Assert.Equal("silo-b", (await call).ServedBy);
        Assert.Equal(TimeSpan.FromSeconds(5), Assert.Single(_a.Requests).TimeLeft); // the request's, not the attempt's
    }

    [Fact]
    public async Task Send_NobodyAnswersInTime_DeadlineExceeded()
    {
        _a.OnPredict = FakeChannel.Hang;
        _b.Connected = false;
        var call = Dispatcher().SendAsync(Request(), None);
        await _a.Called.Task;
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ErrorCode.DeadlineExceeded, (await call).Error);
    }

    [Fact]
    public async Task Send_NoSilo_NoSiloWithRetryAfter()
    {
        _a.Connected = _b.Connected = false;
        var result = await Dispatcher().SendAsync(Request(), None);
        Assert.Equal((ErrorCode.NoSilo, TimeSpan.FromSeconds(1), 0), (result.Error, result.RetryAfter, result.Attempts));
    }

    [Fact]
    public async Task Send_EveryCallFails_RetriesStayWithinTheBudget()
    {
        _a.OnPredict = _b.OnPredict = (_, _) => throw new TimeoutException();
        var dispatcher = Dispatcher();
        for (var i = 0; i < 100; i++) await dispatcher.SendAsync(Request(), None);
        Assert.InRange(_a.Requests.Count + _b.Requests.Count, 100, 100 + 10 + 20); // 10 to begin with, and 20 % of 100
    }

    [Fact]
    public async Task Send_CallerCancels_ThrowsAndNobodyIsBlamed()
    {
        _a.OnPredict = FakeChannel.Hang;
        using var caller = new CancellationTokenSource();
        var call = Dispatcher().SendAsync(Request(), caller.Token);
        await _a.Called.Task;
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Empty(_a.Failures);
        Assert.Empty(_b.Requests);
    }

    private Dispatcher Dispatcher()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var options = new EvergrainClientOptions { Silos = ["127.0.0.1:1"] };
        return new Dispatcher(new FakeChannels(_a, _b), options, new ClientMetrics(meters), NullLogger<Dispatcher>.Instance, _time, new Random(1));
    }

    private static PredictRequest Request() => new() { Texts = ["好"], TimeLeft = TimeSpan.FromSeconds(5) };
}
