using Evergrain.Client.Dispatching;

namespace Evergrain.UnitTests.Client.Dispatching;

/// <summary>Calls that were lost with a process in whose running batch they may have been.</summary>
public class AloneReplayTests
{
    // Picked in this order: each has more queued than the one before.
    private readonly FakeChannel _a = new("silo-a", suspectTokens: 100) { OnPredict = FakeChannel.Hang };
    private readonly FakeChannel _b = new("silo-b");
    private readonly FakeChannel _c = new("silo-c");
    private readonly DispatcherUnderTest _under;

    public AloneReplayTests()
    {
        _b.Load = _b.Load with { QueuedTokens = 500 };
        _c.Load = _c.Load with { QueuedTokens = 1000 };
        _under = new DispatcherUnderTest(_a, _b, _c);
    }

    [Fact]
    public async Task Send_LostAmongTheOldest_EachTextGoesAlone()
    {
        var result = await SendAndKillAsync("好", "坏", "中");
        Assert.Equal(["好", "坏", "中"], _b.Requests.Select(r => Assert.Single(r.Texts)));
        Assert.All(_b.Requests, r => Assert.Equal(Lane.Alone, r.Lane));
        Assert.Equal(3, _b.Entered.Distinct().Count());
        Assert.Equal(_b.Entered, _b.Left);
        Assert.Equal(("silo-b", 3, ErrorCode.None), (result.ServedBy, result.Reply!.Results.Length, result.Error));
        Assert.Equal((1, 0), (_a.Moved, _b.Moved));
    }

    [Fact]
    public async Task Send_LostBehindTheOldest_GoesAsItIs()
    {
        var older = _under.SendAsync(new string('好', 100));
        await _a.CalledAsync();
        var younger = _under.SendAsync("好", "坏");
        await _a.CalledAsync();
        _a.Kill();
        await _under.PassOneCauseAsync();
        await Task.WhenAll(older, younger);
        Assert.Equal([Lane.Alone], _b.Requests.Where(r => r.Texts[0].Length > 1).Select(r => r.Lane));
        var request = Assert.Single(_b.Requests, r => r.Texts.Length == 2);
        Assert.Equal(Lane.Interactive, request.Lane);
    }

    [Fact]
    public async Task Send_ModelGoesAwayBetweenTexts_OneModelAnswersAll()
    {
        _b.Load = _b.Load with { Model = ModelIdentity.None with { Hash = "old" } };
        _c.Load = _c.Load with { Model = ModelIdentity.None with { Hash = "new" } };
        _b.OnPredict = (request, _) =>
        {
            var reply = _b.Answer(request);
            _b.Load = _b.Load with { State = SiloState.Draining };
            return Task.FromResult(reply);
        };
        var result = await SendAndKillAsync("好", "坏");
        Assert.Equal(("new", 2), (result.Reply!.Model.Hash, result.Reply.Results.Length));
        Assert.Equal(["好"], _b.Requests.Select(r => r.Texts[0]));
        Assert.Equal(["坏", "好", "坏"], _c.Requests.Select(r => r.Texts[0]));
    }

    [Fact]
    public async Task Send_SilosServeDifferentModels_TheFirstTextsModelAnswersAll()
    {
        _b.Load = _b.Load with { Model = ModelIdentity.None with { Hash = "old" } };
        _c.Load = _c.Load with { Model = ModelIdentity.None with { Hash = "new" } };
        _b.OnPredict = (request, _) =>
        {
            var reply = _b.Answer(request);
            _b.Load = _b.Load with { QueuedTokens = 2000 }; // the other would be first now
            return Task.FromResult(reply);
        };
        var result = await SendAndKillAsync("好", "坏");
        Assert.Equal("old", result.Reply!.Model.Hash);
        Assert.Empty(_c.Requests);
    }

    [Fact]
    public async Task Send_TextTakesASecondProcess_OnlyThatTextIsRefused()
    {
        Kills(_b, "毒");
        var result = await SendAndKillAsync("好", "毒", "中");
        Assert.Equal([ErrorCode.None, ErrorCode.SuspectedPoison, ErrorCode.None], result.Reply!.Results.Select(r => r.Error));
        Assert.Equal(("毒", "silo-b"), Assert.Single(_under.Channels.Refused));
        Assert.NotNull(_under.Poison.Refused("毒"));
        Assert.Equal(["中"], _c.Requests.Select(r => r.Texts[0]));
    }

    [Fact]
    public async Task Send_TheOnlyTextTakesASecondProcess_SuspectedPoison()
    {
        Kills(_b, "毒");
        var result = await SendAndKillAsync("毒");
        Assert.Equal((ErrorCode.SuspectedPoison, null), (result.Error, result.Reply));
        Assert.Equal(("毒", "silo-b"), Assert.Single(_under.Channels.Refused));
        Assert.Empty(_c.Requests);
    }

    [Fact]
    public async Task Send_TextTakesADeviceWhileItRunsAlone_OnlyThatTextIsRefusedAndThePlaceGivenBack()
    {
        _b.OnPredict = (request, _) => Task.FromResult(request.Texts[0] == "毒" ? _b.LoseDevice() : _b.Answer(request));
        var result = await SendAndKillAsync("好", "毒", "中");
        Assert.Equal([ErrorCode.None, ErrorCode.SuspectedPoison, ErrorCode.None], result.Reply!.Results.Select(r => r.Error));
        Assert.Equal(("毒", "silo-b"), Assert.Single(_under.Channels.Refused));
        Assert.NotNull(_under.Poison.Refused("毒"));
        Assert.Equal(["中"], _c.Requests.Select(r => r.Texts[0]));
        Assert.Equal(_b.Entered, _b.Left);
    }

    /// <summary>Its load report is still on the way, and the silo would have room.</summary>
    [Fact]
    public async Task Send_DeviceLostAndItsSiloLooksReady_GoesElsewhere()
    {
        _a.OnPredict = (_, _) => Task.FromResult(_a.Refuse(ErrorCode.DeviceLost));
        var call = _under.SendAsync("好");
        await _under.PassOneCauseAsync();
        Assert.Equal("silo-b", (await call).ServedBy);
        Assert.Single(_a.Requests);
    }

    [Fact]
    public async Task Send_SilosThatAreNotReadyAnyMore_CostNoRetry()
    {
        const int Rounds = 4;
        var left = Rounds;
        _b.OnPredict = (request, _) => Task.FromResult(left-- > 0 ? _b.Refuse(ErrorCode.NotReady) : _b.Answer(request));
        _c.OnPredict = (_, _) => Task.FromResult(_c.Refuse(ErrorCode.NotReady));
        var call = SendAndKillAsync("好");
        for (var round = 0; round < Rounds; round++)
        {
            await _under.Time.TimerAsync(TimeSpan.FromMilliseconds(100)); // it asks again
            _under.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal("silo-b", (await call).ServedBy);
    }

    [Fact]
    public async Task Send_TwoDevicesLost_SuspectedPoison()
    {
        _a.OnPredict = (_, _) => Task.FromResult(_a.LoseDevice());
        _b.OnPredict = (_, _) => Task.FromResult(_b.LoseDevice());
        var call = _under.SendAsync("毒");
        await _under.PassOneCauseAsync();
        Assert.Equal(ErrorCode.SuspectedPoison, (await call).Error);
        Assert.Equal(("毒", "silo-b"), Assert.Single(_under.Channels.Refused));
        Assert.Empty(_c.Requests);
    }

    [Fact]
    public async Task Send_SecondSiloIsNotReady_NobodyIsBlamedAndAThirdAnswers()
    {
        _b.OnPredict = (_, _) => Task.FromResult(_b.Refuse(ErrorCode.NotReady));
        Assert.Equal("silo-c", (await SendAndKillAsync("好")).ServedBy);
        Assert.Empty(_under.Channels.Refused);
    }

    [Fact]
    public async Task Send_SecondSiloFreezes_NobodyIsBlamedAndAThirdAnswers()
    {
        _b.OnPredict = async (request, cancel) =>
        {
            _b.Freeze();
            return await FakeChannel.Hang(request, cancel);
        };
        var result = await SendAndKillAsync("好");
        Assert.Equal("silo-c", result.ServedBy);
        Assert.Empty(_under.Channels.Refused);
        Assert.Empty(_b.Failures);
    }

    [Fact]
    public async Task Send_SecondProcessIsLostWhileTheTextWaitsForItsTurn_NobodyIsBlamed()
    {
        _b.OnEnterAlone = async cancel =>
        {
            _b.Kill();
            await Task.Delay(Timeout.Infinite, cancel);
            return true;
        };
        var call = SendAndKillAsync("好");
        await _under.PassOneCauseAsync();
        Assert.Equal("silo-c", (await call).ServedBy);
        Assert.Empty(_under.Channels.Refused);
        Assert.Empty(_b.Requests);
    }

    [Fact]
    public async Task Send_AllProcessesLostAtOnce_NobodyIsBlamedAndTheNextAnswers()
    {
        var call = _under.SendAsync("好");
        await _a.CalledAsync();
        _a.Kill();
        await _under.Time.TimerAsync(Call.OneCause);
        (_b.OnPredict, _c.OnPredict) = (FakeChannel.Hang, FakeChannel.Hang);
        _b.Kill();
        _c.Kill();
        _under.Time.Advance(Call.OneCause);
        await _under.Time.TimerAsync(TimeSpan.FromMilliseconds(100));
        Assert.Empty(_b.Requests.Concat(_c.Requests));
        (_b.Connected, _b.OnPredict) = (true, null);
        _under.Channels.Change();
        Assert.Equal("silo-b", (await call).ServedBy);
        Assert.Empty(_under.Channels.Refused);
    }

    [Fact]
    public async Task Send_NoPlaceAnywhereAtFirst_AskedAgain()
    {
        var refusals = 0;
        _b.OnEnterAlone = _ => Task.FromResult(++refusals > 2);
        _c.OnEnterAlone = _ => throw new InvalidOperationException("not connected");
        var call = SendAndKillAsync("好");
        var pause = TimeSpan.FromMilliseconds(100);
        for (var i = 0; i < 2; i++)
        {
            await _under.Time.TimerAsync(pause);
            _under.Time.Advance(pause);
        }

        Assert.Equal(("silo-b", 3), ((await call).ServedBy, refusals));
    }

    [Fact]
    public async Task Send_PlaceNotFreeInTime_AnotherSilo()
    {
        _b.OnEnterAlone = _ => Task.FromResult(false);
        Assert.Equal("silo-c", (await SendAndKillAsync("好")).ServedBy);
        Assert.Empty(_b.Requests);
    }

    [Fact]
    public async Task Send_SecondSiloIsLate_ItIsBlamedAndGivenBackAndAThirdAnswers()
    {
        _b.OnPredict = FakeChannel.Hang;
        var call = SendAndKillAsync("好");
        await _b.CalledAsync();
        _under.Time.Advance(TimeSpan.FromSeconds(2.55)); // 3 × 0.5 s predicted + 1 s
        Assert.Equal("silo-c", (await call).ServedBy);
        Assert.Single(_b.Failures);
        Assert.Equal(_b.Entered, _b.Left);
    }

    [Fact]
    public async Task Send_RefusedByAnotherClientMeanwhile_NotSentAgain()
    {
        _under.Poison.Add([new PoisonMark { Hash = PoisonList.HashOf("毒"), TimeLeft = PoisonList.Lifetime }]);
        var result = await SendAndKillAsync("毒", "好");
        Assert.Equal([ErrorCode.SuspectedPoison, ErrorCode.None], result.Reply!.Results.Select(r => r.Error));
        Assert.Equal(["好"], _b.Requests.Select(r => r.Texts[0]));
        Assert.Empty(_under.Channels.Refused);
    }

    [Fact]
    public async Task Send_NobodyLeft_WaitsForASiloToComeBack()
    {
        _b.Connected = _c.Connected = false;
        var call = SendAndKillAsync("好");
        await _under.Time.TimerAsync(TimeSpan.FromMilliseconds(100));
        _under.Time.Advance(TimeSpan.FromSeconds(4) - Call.OneCause);
        Assert.False(call.IsCompleted);
        (_a.Connected, _a.OnPredict) = (true, null);
        _under.Channels.Change();
        Assert.Equal("silo-a", (await call).ServedBy);
        Assert.Equal(TimeSpan.FromSeconds(1), _a.Requests[^1].TimeLeft);
    }

    [Fact]
    public async Task Send_NobodyComesBack_DeadlineExceeded()
    {
        _b.Connected = _c.Connected = false;
        var call = SendAndKillAsync("好");
        Assert.Equal(ErrorCode.DeadlineExceeded, (await _under.PassTimeAsync(call)).Error);
    }

    [Fact]
    public async Task Send_CallerCancelsWhileItRunsAlone_ThrowsGivesBackAndNobodyIsBlamed()
    {
        _b.OnPredict = FakeChannel.Hang;
        using var caller = new CancellationTokenSource();
        var call = SendAndKillAsync(caller.Token, "好");
        await _b.CalledAsync();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Empty(_under.Channels.Refused);
        Assert.Empty(_b.Failures);
        Assert.Equal(_b.Entered, _b.Left);
    }

    [Fact]
    public async Task Send_CallerCancelsWhileItWaitsForItsTurn_Throws()
    {
        var waits = new TaskCompletionSource();
        _b.OnEnterAlone = async cancel =>
        {
            waits.SetResult();
            await Task.Delay(Timeout.Infinite, cancel);
            return true;
        };
        using var caller = new CancellationTokenSource();
        var call = SendAndKillAsync(caller.Token, "好");
        await waits.Task;
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Empty(_c.Requests);
        Assert.Empty(_under.Channels.Refused);
    }

    private Task<DispatchResult> SendAndKillAsync(params string[] texts) => SendAndKillAsync(CancellationToken.None, texts);

    /// <summary>Sends to silo-a, whose process is lost while the call runs.</summary>
    private async Task<DispatchResult> SendAndKillAsync(CancellationToken cancellationToken, params string[] texts)
    {
        var call = _under.SendAsync(cancellationToken, [.. texts]);
        await _a.CalledAsync();
        _a.Kill();
        await _under.PassOneCauseAsync();
        return await call;
    }

    /// <summary>The process ends while it runs this text.</summary>
    private static void Kills(FakeChannel silo, string text) => silo.OnPredict = async (request, cancel) =>
    {
        if (request.Texts[0] != text) return silo.Answer(request);
        silo.Kill();
        return await FakeChannel.Hang(request, cancel);
    };
}
