using Evergrain.Client.Dispatching;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Dispatching;

public class AttemptRunTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(160);
    private static readonly TimeSpan TimeLeft = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeChannel _silo = new("silo-a") { OnPredict = FakeChannel.Hang };
    private readonly CancellationTokenSource _caller = new();

    [Theory]
    [InlineData("answers", nameof(AttemptOutcome.Answered))]
    [InlineData("refuses", nameof(AttemptOutcome.Refused))]
    [InlineData("throws", nameof(AttemptOutcome.Failed))]
    [InlineData("hangs", nameof(AttemptOutcome.Late))]
    [InlineData("is killed", nameof(AttemptOutcome.Lost))]
    [InlineData("is frozen", nameof(AttemptOutcome.Lost))]
    [InlineData("abandoned", nameof(AttemptOutcome.Abandoned))]
    [InlineData("caller leaves", nameof(AttemptOutcome.Abandoned))]
    [InlineData("caller leaves and is killed", nameof(AttemptOutcome.Abandoned))] // never a silo's fault
    [InlineData("abandoned and is killed", nameof(AttemptOutcome.Abandoned))]
    [InlineData("is frozen and throws", nameof(AttemptOutcome.Lost))] // being lost explains every exception
    public async Task Result_Event_Outcome(string happens, string outcome)
    {
        var answer = new TaskCompletionSource<PredictReply>();
        if (happens != "hangs") _silo.OnPredict = (_, cancel) => answer.Task.WaitAsync(cancel);
        var run = Start(_silo, _ => true);
        Assert.Equal(1, _silo.InFlight);
        if (happens.StartsWith("caller leaves", StringComparison.Ordinal)) await _caller.CancelAsync();
        if (happens.StartsWith("abandoned", StringComparison.Ordinal)) run.Abandon();
        if (happens.EndsWith("is killed", StringComparison.Ordinal)) _silo.Kill();
        if (happens.StartsWith("is frozen", StringComparison.Ordinal)) _silo.Freeze();
        if (happens == "answers") answer.SetResult(_silo.Answer(_silo.Requests[0]));
        if (happens == "refuses") answer.SetResult(_silo.Refuse(ErrorCode.Overloaded));
        if (happens.EndsWith("throws", StringComparison.Ordinal)) answer.TrySetException(new TimeoutException());
        if (happens == "hangs") _time.Advance(Limit);
        Assert.Equal(outcome, (await run.Result).Outcome.ToString());
        Assert.Equal(0, _silo.InFlight);
        run.Abandon(); // may come too late, and does no harm then
    }

    [Fact]
    public async Task Result_MayNotBeGivenUp_AskedOnceAndWaitedForAsLongAsTheCallHasTime()
    {
        var asked = 0;
        var run = Start(_silo, _ => ++asked < 0);
        _time.Advance(Limit);
        Assert.Equal(1, asked);
        _time.Advance(TimeLeft - Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(run.Result.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(AttemptOutcome.Late, (await run.Result).Outcome);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Result_MayNotBeGivenUpAndAnswersLate_Answered()
    {
        var answer = new TaskCompletionSource<PredictReply>();
        _silo.OnPredict = (_, _) => answer.Task;
        var run = Start(_silo, _ => false);
        _time.Advance(TimeSpan.FromSeconds(3));
        answer.SetResult(_silo.Answer(_silo.Requests[0]));
        var attempt = await run.Result;
        Assert.Equal((AttemptOutcome.Answered, TimeSpan.FromSeconds(3)), (attempt.Outcome, attempt.Took));
    }

    [Theory]
    [InlineData(true, 8192, true, true)]
    [InlineData(true, 0, true, false)] // others before it filled the batch
    [InlineData(false, 8192, false, false)] // frozen: the process is there
    public async Task Result_Lost_WhetherItMayHaveRun(bool killed, long suspectTokens, bool processLost, bool mayHaveRun)
    {
        var silo = new FakeChannel("silo-a", suspectTokens) { OnPredict = FakeChannel.Hang };
        var run = Start(silo, _ => true);
        if (killed) silo.Kill();
        else silo.Freeze();
        var attempt = await run.Result;
        Assert.Equal((AttemptOutcome.Lost, processLost, mayHaveRun), (attempt.Outcome, attempt.ProcessLost, attempt.MayHaveRun));
    }

    [Fact]
    public async Task Result_NotConnectedAnyMore_LostWithoutACall()
    {
        _silo.Connected = false;
        Assert.Equal(new Attempt(AttemptOutcome.Lost, TimeSpan.Zero), await Start(_silo, _ => true).Result);
        Assert.Empty(_silo.Requests);
    }

    private AttemptRun Start(FakeChannel silo, Func<AttemptRun, bool> mayGiveUp)
    {
        var request = new PredictRequest { Texts = ["好"], TimeLeft = TimeLeft };
        var route = new Route(silo, new AttemptTimes(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(50), Limit));
        return AttemptRun.Start(new Call(request, 3, _time), route, request, mayGiveUp, _time, _caller.Token);
    }
}
