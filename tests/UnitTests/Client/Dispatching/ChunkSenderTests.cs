using System.Collections.Immutable;
using Evergrain.Client;
using Evergrain.Client.Dispatching;

namespace Evergrain.UnitTests.Client.Dispatching;

public class ChunkSenderTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private static readonly ModelIdentity Old = ModelIdentity.None with { Version = "1.0", Hash = "ff" };
    private static readonly ModelIdentity New = ModelIdentity.None with { Version = "1.1", Hash = "aa" };

    private readonly FakeChannel _a = new("silo-a");
    private readonly FakeChannel _b = new("silo-b");
    private readonly FakeChannel _c = new("silo-c");
    private readonly DispatcherUnderTest _under;
    private readonly ChunkSender _sender;

    public ChunkSenderTests()
    {
        _under = new DispatcherUnderTest(_a, _b, _c);
        _sender = new ChunkSender(_under.Channels, _under.Dispatcher, _under.Time);
        Serve(_a, Old);
        Serve(_b, Old);
        Serve(_c, New);
    }

    [Fact]
    public async Task Send_TwoModels_TheOneThatMostSilosServe()
    {
        var results = await SendAsync();
        Assert.All(results, r => Assert.Equal(Old.Hash, r.Reply!.Model.Hash));
        Assert.Empty(_c.Requests);
        Assert.All(results, r => Assert.Equal(1, r.Attempts));
    }

    [Fact]
    public async Task Send_EquallyCommon_TheGreaterVersion()
    {
        _b.Connected = false;
        Assert.All(await SendAsync(), r => Assert.Equal("silo-c", r.ServedBy));
    }

    [Fact]
    public async Task Send_SiloThatTakesNoCalls_DoesNotCount()
    {
        _a.Load = _a.Load with { State = SiloState.Draining };
        _b.Suspect = true;
        Assert.All(await SendAsync(), r => Assert.Equal("silo-c", r.ServedBy));
    }

    [Fact]
    public async Task Send_MixedModelsAllowed_EverySiloTakesPart()
    {
        var results = await SendAsync(new PredictOptions { AllowMixedModels = true });
        Assert.Equal([New.Hash, Old.Hash], results.Select(r => r.Reply!.Model.Hash).Distinct().Order());
    }

    [Fact]
    public async Task Send_OneChunk_NotPinned()
    {
        _a.Load = _a.Load with { QueuedTokens = 500 };
        _b.Load = _b.Load with { QueuedTokens = 500 };
        var result = Assert.Single(await _sender.SendAsync([["好"]], Deadline, new PredictOptions(), TestContext.Current.CancellationToken));
        Assert.Equal("silo-c", result.ServedBy);
    }

    [Fact]
    public async Task Send_ModelGoesAwayMeanwhile_AnsweredChunksAskedAgain()
    {
        // Both old ones answer a chunk each and leave.
        _a.OnPredict = (request, _) => AnswerAndDrain(_a, request);
        _b.OnPredict = (request, _) => AnswerAndDrain(_b, request);
        var results = await SendAsync();
        Assert.All(results, r => Assert.Equal(New.Hash, r.Reply!.Model.Hash));
        Assert.Contains(results, r => r.Attempts == 2);
        Assert.Equal(Chunks(8).Select(c => c[0]).Order(), _c.Requests.SelectMany(r => r.Texts).Order());
    }

    [Fact]
    public async Task Send_ChunkWithoutAnAnswer_AnErrorAndNoModel()
    {
        _a.OnPredict = (request, _) => Task.FromResult(request.Texts[0] == "text 3" ? _a.Refuse(ErrorCode.Invalid) : _a.Answer(request));
        _b.OnPredict = (request, _) => Task.FromResult(request.Texts[0] == "text 3" ? _b.Refuse(ErrorCode.Invalid) : _b.Answer(request));
        _c.OnPredict = (_, _) => Task.FromResult(_c.Refuse(ErrorCode.Invalid));
        var results = await SendAsync();
        Assert.Equal([3], Enumerable.Range(0, 8).Where(i => results[i].Reply is null));
    }

    [Fact]
    public async Task Send_AnotherModelWithEveryAnswer_NoSiloAfterTwoRepeats()
    {
        var answers = 0;
        foreach (var silo in new[] { _a, _b, _c })
        {
            silo.OnPredict = (request, _) => Task.FromResult(
                silo.Answer(request) with { Model = Old with { Hash = $"{Interlocked.Increment(ref answers)}" } });
        }

        var error = await Assert.ThrowsAsync<EvergrainException>(() => SendAsync());
        Assert.Equal((ErrorCode.NoSilo, TimeSpan.FromSeconds(1), 3), (error.Code, error.RetryAfter!.Value, error.Attempts));
        Assert.Contains("model is being changed", error.Message, StringComparison.Ordinal);
        Assert.Equal(24, answers);
    }

    [Fact]
    public async Task Send_PinnedCallIsLate_NoCopyToAnotherModel()
    {
        _under.Usually(TimeSpan.FromMilliseconds(30));
        (_a.Connected, _b.Connected) = (false, false);
        _c.OnPredict = FakeChannel.Hang;
        var call = _under.Dispatcher.SendAsync(
            new PredictRequest { Texts = ["好"], TimeLeft = Deadline }, New.Hash, TestContext.Current.CancellationToken);
        await _c.CalledAsync();
        _b.Connected = true;
        Assert.Equal(ErrorCode.DeadlineExceeded, (await _under.PassTimeAsync(call)).Error);
        Assert.Empty(_b.Requests);
    }

    private static void Serve(FakeChannel silo, ModelIdentity model) => silo.Load = silo.Load with { Model = model };

    private static Task<PredictReply> AnswerAndDrain(FakeChannel silo, PredictRequest request)
    {
        var reply = silo.Answer(request);
        silo.Load = silo.Load with { State = SiloState.Draining };
        return Task.FromResult(reply);
    }

    private static ImmutableArray<ImmutableArray<string>> Chunks(int count) => [.. Enumerable.Range(0, count).Select(i => ImmutableArray.Create($"text {i}"))];

    private Task<DispatchResult[]> SendAsync(PredictOptions? options = null)
        => _sender.SendAsync(Chunks(8), Deadline, options ?? new PredictOptions(), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30));
}
