using Evergrain.Client.Dispatching;

namespace Evergrain.UnitTests.Client.Dispatching;

public class HedgerTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    // silo-a is always picked first: silo-b has more queued.
    private readonly FakeChannel _a = new("silo-a") { OnPredict = FakeChannel.Hang };
    private readonly FakeChannel _b = new("silo-b");
    private readonly DispatcherUnderTest _under;

    public HedgerTests()
    {
        _b.Load = _b.Load with { QueuedTokens = 500 };
        _under = new DispatcherUnderTest(_a, _b);
    }

    [Fact]
    public async Task Send_LateByTheUsualTime_CopyIsSentThenAndWins()
    {
        _under.Usually(TimeSpan.FromMilliseconds(30));
        var call = _under.SendAsync("好");
        await _a.CalledAsync();
        _under.Time.Advance(_under.HedgeAfter - Millisecond);
        Assert.Empty(_b.Requests);
        _under.Time.Advance(Millisecond);
        var result = await call;
        Assert.Equal(("silo-b", 2), (result.ServedBy, result.Attempts));

        // The other one is cancelled. It was slow at least until now, which is no failure.
        Assert.Equal(0, _a.InFlight);
        var (took, _, answered) = Assert.Single(_a.Observations);
        Assert.Equal((_under.HedgeAfter, false), (took, answered));
        Assert.Empty(_a.Failures);
        Assert.True(Assert.Single(_b.Observations).Answered);
    }

    [Fact]
    public async Task Send_UsualTimeUnder50Milliseconds_CopyAfterFifty()
    {
        _under.Usually(TimeSpan.FromMilliseconds(2));
        var call = _under.SendAsync("好");
        await _a.CalledAsync();
        _under.Time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.Empty(_b.Requests);
        _under.Time.Advance(Millisecond);
        Assert.Equal("silo-b", (await call).ServedBy);
    }

    [Fact]
    public async Task Send_FirstAnswersAfterTheCopyWasSent_FirstWins()
    {
        _under.Usually(TimeSpan.FromMilliseconds(30));
        var answer = new TaskCompletionSource<PredictReply>();
        _a.OnPredict = (_, _) => answer.Task;
        _b.OnPredict = FakeChannel.Hang;
        var call = _under.SendAsync("好");
        _under.Time.Advance(_under.HedgeAfter);
        await _b.CalledAsync();
        _under.Time.Advance(Millisecond);
        answer.SetResult(_a.Answer(_a.Requests[0]));
        var result = await call;
        Assert.Equal(("silo-a", 2), (result.ServedBy, result.Attempts));
        Assert.Equal((Millisecond, false), (Assert.Single(_b.Observations).Took, _b.Observations[0].Answered));
        Assert.Empty(_b.Failures);
        Assert.Equal(0, _b.InFlight);
    }

    [Theory]
    [InlineData("no percentile yet")]
    [InlineData("several texts")]
    [InlineData("every queue long")]
    [InlineData("other suspect")] // nothing is forgiven for a copy
    [InlineData("other gone")]
    [InlineData("other avoided")] // a copy would bring the calls back that are kept away
    [InlineData("budget used up")]
    public async Task Send_LateBut_NoCopy(string but)
    {
        var answer = new TaskCompletionSource<PredictReply>();
        string[] texts = but == "several texts" ? ["好", "坏"] : ["好"];
        if (but != "no percentile yet") _under.Usually(TimeSpan.FromMilliseconds(30));
        if (but == "every queue long") MakeQueuesLong();
        if (but == "other gone") _b.Connected = false;
        _b.Suspect = but == "other suspect";
        _b.Diverted = but == "other avoided";
        var before = but == "budget used up" ? await UseUpAsync() : 0;
        _a.OnPredict = (_, _) => answer.Task;
        var call = _under.SendAsync([.. texts]);
        await _a.CalledAsync();
        _under.Time.Advance(TimeSpan.FromMilliseconds(100));
        answer.SetResult(_a.Answer(_a.Requests[^1]));
        var result = await call;
        Assert.Equal(("silo-a", 1), (result.ServedBy, result.Attempts));
        Assert.Equal(before, _b.Requests.Count);
    }

    [Fact]
    public async Task Send_EveryCallLate_CopiesStayWithinTheBudget()
    {
        _under.Usually(TimeSpan.FromMilliseconds(30));
        for (var i = 0; i < 200; i++)
        {
            var answer = new TaskCompletionSource<PredictReply>();
            _a.OnPredict = (_, _) => answer.Task;
            var call = _under.SendAsync("好");
            _under.Time.Advance(_under.HedgeAfter);
            answer.TrySetResult(_a.Answer(_a.Requests[^1]));
            await call;
        }

        Assert.InRange(_b.Requests.Count, 3 + 5, 3 + 6); // 3 to begin with, and 3 % of 200
    }

    [Fact]
    public async Task Send_FirstLostWhileTheCopyRuns_CopysAnswerCounts()
    {
        var copy = await SendLateAsync();
        _a.Kill();
        await _a.MovedAsync();
        Assert.False(copy.Call.IsCompleted);
        copy.Answer.SetResult(_b.Answer(_b.Requests[0]));
        var result = await copy.Call;
        Assert.Equal(("silo-b", 2), (result.ServedBy, result.Attempts));
        Assert.Empty(_under.Channels.Refused);
    }

    [Fact]
    public async Task Send_Copy_RunsAloneAndGivesThePlaceBack()
    {
        var copy = await SendLateAsync();
        Assert.Equal(Lane.Alone, Assert.Single(_b.Requests).Lane);
        Assert.Empty(_b.Left);
        copy.Answer.SetResult(_b.Answer(_b.Requests[0]));
        await copy.Call;
        Assert.Equal(Assert.Single(_b.Entered), Assert.Single(_b.Left));
        Assert.Empty(_a.Entered);
    }

    [Fact]
    public async Task Send_FirstAnswersBeforeTheCopyHasItsPlace_NoCopyAndNobodyKeepsThePlace()
    {
        _under.Usually(TimeSpan.FromMilliseconds(30));
        var answer = new TaskCompletionSource<PredictReply>();
        _a.OnPredict = (_, _) => answer.Task;
        var waiting = new TaskCompletionSource();
        _b.OnEnterAlone = WaitForPlaceAsync(waiting);
        var call = _under.SendAsync("好");
        _under.Time.Advance(_under.HedgeAfter);
        await waiting.Task;
        answer.SetResult(_a.Answer(_a.Requests[0]));
        var result = await call;
        Assert.Equal(("silo-a", 1), (result.ServedBy, result.Attempts));
        Assert.Empty(_b.Requests);
        Assert.Equal(Assert.Single(_b.Entered), Assert.Single(_b.Left));
    }

    [Fact]
    public async Task Send_BothProcessesLostBeforeTheCopyHadItsPlace_TextIsAnsweredElsewhere()
    {
        // Another text had the place: it is that one that took silo-b.
        var c = new FakeChannel("silo-c");
        c.Load = c.Load with { QueuedTokens = 1000 };
        var under = new DispatcherUnderTest(_a, _b, c);
        under.Usually(TimeSpan.FromMilliseconds(80)); // not the length of the wait after a loss
        var waiting = new TaskCompletionSource();
        _b.OnEnterAlone = WaitForPlaceAsync(waiting);
        var call = under.SendAsync("好");
        under.Time.Advance(under.HedgeAfter);
        await waiting.Task;
        _b.Kill();
        _a.Kill();
        await under.PassOneCauseAsync();
        Assert.Equal("silo-c", (await call).ServedBy);
        Assert.Empty(_b.Requests);
        Assert.Empty(under.Channels.Refused);
    }

    [Fact]
    public async Task Send_BothProcessesLost_TextIsRefused()
    {
        var copy = await SendLateAsync();
        _a.Kill();
        await _a.MovedAsync();
        _b.Kill();
        copy.Answer.SetException(new TimeoutException());
        Assert.Equal(ErrorCode.SuspectedPoison, (await copy.Call).Error);
        Assert.Equal(("好", "silo-b"), Assert.Single(_under.Channels.Refused));
    }

    [Fact]
    public async Task Send_FirstLosesItsDeviceWhileTheCopyRuns_CopysAnswerCounts()
    {
        var first = new TaskCompletionSource<PredictReply>();
        _a.OnPredict = (_, _) => first.Task;
        var copy = await SendLateAsync();
        first.SetResult(_a.LoseDevice());
        await _a.MovedAsync();
        Assert.False(copy.Call.IsCompleted);
        copy.Answer.SetResult(_b.Answer(_b.Requests[0]));
        Assert.Equal("silo-b", (await copy.Call).ServedBy);
        Assert.Empty(_under.Channels.Refused);
    }

    [Fact]
    public async Task Send_BothDevicesLost_TextIsRefused()
    {
        var first = new TaskCompletionSource<PredictReply>();
        _a.OnPredict = (_, _) => first.Task;
        var copy = await SendLateAsync();
        first.SetResult(_a.LoseDevice());
        await _a.MovedAsync();
        copy.Answer.SetResult(_b.LoseDevice());
        Assert.Equal(ErrorCode.SuspectedPoison, (await copy.Call).Error);
        Assert.Equal(("好", "silo-b"), Assert.Single(_under.Channels.Refused));
    }

    [Fact]
    public async Task Send_CopyFails_ItsSiloIsBlamedAndTheFirstAnswers()
    {
        var answer = new TaskCompletionSource<PredictReply>();
        _a.OnPredict = (_, _) => answer.Task;
        var copy = await SendLateAsync();
        copy.Answer.SetException(new TimeoutException());
        answer.SetResult(_a.Answer(_a.Requests[0]));
        Assert.Equal("silo-a", (await copy.Call).ServedBy);
        Assert.Single(_b.Failures);
        Assert.Empty(_a.Failures);
    }

    [Fact]
    public async Task Send_CallerCancelsWhileTheCopyRuns_ThrowsAndNobodyIsBlamed()
    {
        _under.Usually(TimeSpan.FromMilliseconds(30));
        _b.OnPredict = FakeChannel.Hang;
        using var caller = new CancellationTokenSource();
        var call = _under.SendAsync(caller.Token, "好");
        _under.Time.Advance(_under.HedgeAfter);
        await _b.CalledAsync();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Empty(_a.Failures.Concat(_b.Failures));
        Assert.Empty(_a.Observations.Concat(_b.Observations));
        Assert.Empty(_under.Channels.Refused);
    }

    private static Func<CancellationToken, Task<bool>> WaitForPlaceAsync(TaskCompletionSource waiting) => async cancellationToken =>
    {
        waiting.SetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return true;
    };

    /// <summary>A call of which a copy is under way on silo-b.</summary>
    private async Task<(Task<DispatchResult> Call, TaskCompletionSource<PredictReply> Answer)> SendLateAsync()
    {
        _under.Usually(TimeSpan.FromMilliseconds(30));
        var answer = new TaskCompletionSource<PredictReply>();
        _b.OnPredict = (_, _) => answer.Task;
        var call = _under.SendAsync("好");
        _under.Time.Advance(_under.HedgeAfter);
        await _b.CalledAsync();
        return (call, answer);
    }

    /// <summary>Both have more than 1.5 batches queued, which takes them a few milliseconds.</summary>
    private void MakeQueuesLong()
    {
        _a.Load = _a.Load with { QueuedTokens = 7000, DrainRate = 1_000_000 };
        _b.Load = _b.Load with { QueuedTokens = 8000, DrainRate = 1_000_000 };
    }

    /// <summary>How many copies there were until there were none.</summary>
    private async Task<int> UseUpAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            var call = _under.SendAsync("好");
            _under.Time.Advance(_under.HedgeAfter);
            Assert.Equal("silo-b", (await call).ServedBy);
            await _a.CalledAsync();
        }

        return 3;
    }
}
