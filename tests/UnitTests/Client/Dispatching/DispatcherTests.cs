using Evergrain.Client.Dispatching;

namespace Evergrain.UnitTests.Client.Dispatching;

public class DispatcherTests
{
    // silo-a is always picked first: silo-b has more queued.
    private readonly FakeChannel _a = new("silo-a");
    private readonly FakeChannel _b = new("silo-b");
    private readonly DispatcherUnderTest _under;

    public DispatcherTests()
    {
        _b.Load = _b.Load with { QueuedTokens = 500 };
        _under = new DispatcherUnderTest(_a, _b);
    }

    [Fact]
    public async Task Send_AllWell_OneAttempt()
    {
        var result = await _under.SendAsync("好");
        Assert.Equal(("silo-a", 1, ErrorCode.None), (result.ServedBy, result.Attempts, result.Error));
        Assert.True(Assert.Single(_a.Observations).Answered);
        Assert.Equal(0, _a.InFlight);
    }

    [Fact]
    public async Task Send_ConnectionLostInFlight_OtherSiloAnswers()
    {
        _a.OnPredict = FakeChannel.Hang;
        var call = _under.SendAsync("好");
        await _a.CalledAsync();
        _a.Kill();
        await _under.PassOneCauseAsync();
        var result = await call;
        Assert.Equal(("silo-b", 2), (result.ServedBy, result.Attempts));
        Assert.Equal(1, _a.Moved);
        Assert.Empty(_a.Failures);
    }

    [Fact]
    public async Task Send_FrozenInFlight_OtherSiloAnswers()
    {
        _a.OnPredict = FakeChannel.Hang;
        var call = _under.SendAsync("好", "坏");
        await _a.CalledAsync();
        _a.Freeze();
        var result = await call;
        Assert.Equal(("silo-b", 2), (result.ServedBy, result.Attempts));
        Assert.Equal(["好", "坏"], Assert.Single(_b.Requests).Texts);
        Assert.Equal(1, _a.Moved);
        Assert.Empty(_a.Failures);
    }

    [Fact]
    public async Task Send_LostBetweenPickAndCall_OtherSiloAnswers()
    {
        (_a.Connected, _a.LooksConnected) = (false, true);
        var result = await _under.SendAsync("好");
        Assert.Equal("silo-b", result.ServedBy);
        Assert.Empty(_a.Requests);
    }

    [Fact]
    public async Task Send_LostAfterTwoSeconds_OtherGetsTheTimeThatIsLeft()
    {
        _a.OnPredict = FakeChannel.Hang;
        _a.Load = _a.Load with { DrainRate = 2 };
        _b.Connected = false;
        var call = _under.SendAsync("好");
        await _a.CalledAsync();
        _under.Time.Advance(TimeSpan.FromSeconds(2));
        _b.Connected = true;
        _b.Load = _b.Load with { DrainRate = 1 };
        _a.Kill();
        await _under.PassOneCauseAsync();
        await call;
        Assert.Equal(TimeSpan.FromSeconds(3) - Call.OneCause, Assert.Single(_b.Requests).TimeLeft);
    }

    [Fact]
    public async Task Send_LostAndNobodyLeft_WaitsForTheNextSilo()
    {
        _a.OnPredict = FakeChannel.Hang;
        _b.Connected = false;
        var call = _under.SendAsync("好");
        await _a.CalledAsync();
        _a.Freeze();
        _under.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(call.IsCompleted);
        _b.Connected = true;
        _under.Channels.Change();
        Assert.Equal("silo-b", (await call).ServedBy);
    }

    [Fact]
    public async Task Send_LostAndTheSameSiloComesBack_ItAnswers()
    {
        _a.OnPredict = FakeChannel.Hang;
        _b.Connected = false;
        var call = _under.SendAsync("好", "坏");
        await _a.CalledAsync();
        _a.Freeze();
        _a.Suspect = false;
        _a.OnPredict = null;
        var result = await _under.ChangeUntilAsync(call);
        Assert.Equal(("silo-a", 2), (result.ServedBy, result.Attempts));
    }

    [Fact]
    public async Task Send_LostAndNobodyComesBack_DeadlineExceeded()
    {
        _a.OnPredict = FakeChannel.Hang;
        _b.Connected = false;
        var call = _under.SendAsync("好");
        await _a.CalledAsync();
        // Its call was not in the running batch: it waits as it is, not alone.
        _a.Connected = false;
        _a.Freeze();
        var result = await _under.PassTimeAsync(call);
        Assert.Equal((ErrorCode.DeadlineExceeded, 1), (result.Error, result.Attempts));
    }

    [Fact]
    public async Task Send_NotReady_OtherSiloAnswersAndNobodyIsBlamed()
    {
        _a.OnPredict = (_, _) => Task.FromResult(_a.Refuse(ErrorCode.NotReady));
        var result = await _under.SendAsync("好");
        Assert.Equal(("silo-b", 2), (result.ServedBy, result.Attempts));
        Assert.Empty(_a.Failures);
    }

    [Fact]
    public async Task Send_DeviceLost_EachTextRunsAloneElsewhereAndNobodyIsBlamed()
    {
        _a.OnPredict = (_, _) => Task.FromResult(_a.LoseDevice());
        var call = _under.SendAsync("好", "坏");
        await _under.PassOneCauseAsync();
        var result = await call;
        Assert.Equal(("silo-b", ErrorCode.None, 3), (result.ServedBy, result.Error, result.Attempts));
        Assert.Equal([Lane.Alone, Lane.Alone], _b.Requests.Select(r => r.Lane));
        Assert.Equal((1, 0), (_a.Moved, _b.Moved));
        Assert.Empty(_a.Failures.Concat(_b.Failures));
        Assert.Empty(_under.Channels.Refused);
    }

    [Fact]
    public async Task Send_BothOverloaded_OverloadedWithRetryAfter()
    {
        _a.OnPredict = (_, _) => Task.FromResult(_a.Refuse(ErrorCode.Overloaded, TimeSpan.FromSeconds(2)));
        _b.OnPredict = (_, _) => Task.FromResult(_b.Refuse(ErrorCode.Overloaded, TimeSpan.FromSeconds(3)));
        var result = await _under.SendAsync("好");
        Assert.Equal((ErrorCode.Overloaded, TimeSpan.FromSeconds(3), 2), (result.Error, result.RetryAfter, result.Attempts));
    }

    [Fact]
    public async Task Send_Throws_OtherSiloAnswersAndTheFailureCountsAsSlow()
    {
        _a.OnPredict = (_, _) => throw new TimeoutException();
        var result = await _under.SendAsync("好");
        Assert.Equal("silo-b", result.ServedBy);
        Assert.True(Assert.Single(_a.Failures) > TimeSpan.FromSeconds(1));
        Assert.Empty(_a.Observations);
    }

    [Fact]
    public async Task Send_NoAnswerWithinTheAttempt_OtherSiloAnswers()
    {
        _a.OnPredict = FakeChannel.Hang;
        var call = _under.SendAsync("好");
        await _a.CalledAsync();
        _under.Time.Advance(TimeSpan.FromSeconds(1.1)); // 3 × 3 ms predicted + 1 s
        Assert.Equal("silo-b", (await call).ServedBy);
        Assert.Equal(TimeSpan.FromSeconds(5), Assert.Single(_a.Requests).TimeLeft); // the request's, not the attempt's
        Assert.Single(_a.Failures);
    }

    [Fact]
    public async Task Send_OwnClockStoodStill_NotGivenUpYet()
    {
        _a.OnPredict = FakeChannel.Hang;
        var call = _under.SendAsync("好");
        await _a.CalledAsync();
        _under.Time.Advance(TimeSpan.FromSeconds(2)); // the timer was due a second ago: it is we who were away
        Assert.False(call.IsCompleted);
        Assert.Empty(_a.Failures);
        _under.Time.Advance(TimeSpan.FromSeconds(1.05));
        Assert.Equal("silo-b", (await call).ServedBy);
    }

    [Fact]
    public async Task Send_LateAndNobodyElse_ItsLateAnswerCounts()
    {
        var answer = new TaskCompletionSource<PredictReply>();
        _a.OnPredict = (_, _) => answer.Task;
        _b.Connected = false;
        var call = _under.SendAsync("好");
        _under.Time.Advance(TimeSpan.FromSeconds(1.05));
        _under.Time.Advance(TimeSpan.FromSeconds(3.85));
        Assert.False(Assert.Single(_a.Observations).Answered); // that it is late is known since a second
        answer.SetResult(_a.Answer(_a.Requests[0]));
        var result = await call;
        Assert.Equal(("silo-a", 1, ErrorCode.None), (result.ServedBy, result.Attempts, result.Error));
        Assert.Empty(_a.Failures);
    }

    [Fact]
    public async Task Send_GivenUpForAnotherThatIsGoneByThen_TheLateOneIsAskedAgain()
    {
        _a.OnPredict = FakeChannel.Hang;
        (_b.Connected, _b.LooksConnected) = (false, true);
        var call = _under.SendAsync("好");
        await _a.CalledAsync();
        _a.OnPredict = null;
        _under.Time.Advance(TimeSpan.FromSeconds(1.1));
        var result = await call;
        Assert.Equal("silo-a", result.ServedBy);
        Assert.Equal(2, _a.Requests.Count);
        Assert.Empty(_b.Requests);
    }

    [Fact]
    public async Task Send_NobodyAnswersInTime_DeadlineExceeded()
    {
        _a.OnPredict = FakeChannel.Hang;
        _b.Connected = false;
        var call = _under.SendAsync("好");
        await _a.CalledAsync();
        Assert.Equal(ErrorCode.DeadlineExceeded, (await _under.PassTimeAsync(call)).Error);
    }

    [Fact]
    public async Task Send_NoSilo_NoSiloWithRetryAfterAtOnce()
    {
        _a.Connected = _b.Connected = false;
        var result = await _under.SendAsync("好");
        Assert.Equal((ErrorCode.NoSilo, TimeSpan.FromSeconds(1), 0), (result.Error, result.RetryAfter, result.Attempts));
    }

    [Fact]
    public async Task Send_EveryCallFails_RetriesStayWithinTheBudget()
    {
        _a.OnPredict = _b.OnPredict = (_, _) => throw new TimeoutException();
        for (var i = 0; i < 100; i++) await _under.SendAsync("好");
        Assert.InRange(_a.Requests.Count + _b.Requests.Count, 100 + 10, 100 + 10 + 20); // 10 to begin with, and 20 % of 100
    }

    [Fact]
    public async Task Send_CallerCancels_ThrowsAndNobodyIsBlamed()
    {
        _a.OnPredict = FakeChannel.Hang;
        using var caller = new CancellationTokenSource();
        var call = _under.SendAsync(caller.Token, "好");
        await _a.CalledAsync();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Empty(_a.Failures);
        Assert.Empty(_a.Observations);
        Assert.Empty(_b.Requests);
        Assert.Equal(0, _a.InFlight);
    }

    [Fact]
    public async Task Send_CallerCancelsWhileNobodyIsLeft_Throws()
    {
        _a.OnPredict = FakeChannel.Hang;
        _b.Connected = false;
        using var caller = new CancellationTokenSource();
        var call = _under.SendAsync(caller.Token, "好");
        await _a.CalledAsync();
        _a.Kill();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Empty(_under.Channels.Refused);
    }
}
