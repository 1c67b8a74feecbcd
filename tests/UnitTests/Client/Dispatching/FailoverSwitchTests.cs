using Evergrain.Client.Dispatching;

namespace Evergrain.UnitTests.Client.Dispatching;

public class FailoverSwitchTests
{
    private static readonly PredictRequest Request = new() { Texts = ["a"], TimeLeft = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task Send_WishChanges_NextCallFollowsIt()
    {
        var wished = true;
        var dispatcher = new FailoverSwitch(new Answers(ErrorCode.Overloaded), new Answers(ErrorCode.NoSilo), () => wished);
        Assert.Equal(ErrorCode.Overloaded, (await dispatcher.SendAsync(Request, null, default)).Error);
        wished = false;
        Assert.Equal(ErrorCode.NoSilo, (await dispatcher.SendAsync(Request, null, default)).Error);
    }

    private sealed class Answers(ErrorCode code) : IDispatcher
    {
        public Task<DispatchResult> SendAsync(PredictRequest request, string? model, CancellationToken cancellationToken)
            => Task.FromResult(new DispatchResult { Error = code });
    }
}
