using System.Collections.Immutable;
using Evergrain.Engine;
using Evergrain.Grains;
using Microsoft.Extensions.Logging.Abstractions;

namespace Evergrain.UnitTests.Engine;

public sealed class InferenceGrainTests
{
    private static readonly PredictRequest Request = new()
    {
        Texts = ["secret text"],
        TimeLeft = TimeSpan.FromSeconds(5),
        Lane = Lane.Bulk,
    };

    [Fact]
    public async Task Predict_Ready_EnginesAnswer()
    {
        var result = new TextResult { Probabilities = [0.25f, 0.75f] };
        var timings = new Timings { Queue = TimeSpan.FromMilliseconds(3) };
        var host = new FakeHost((request, _) => Task.FromResult(new EngineAnswer([result], timings)));
        var reply = await PredictAsync(host);
        Assert.Null(reply.Refusal);
        Assert.Same(result, Assert.Single(reply.Results));
        Assert.Equal((timings, 1L), (reply.Timings, reply.Load.Sequence));
        Assert.Equal((Request.TimeLeft, Lane.Bulk), host.Asked);
        Assert.Equal(0, host.Inside);
    }

    [Fact]
    public async Task Predict_Draining_NotReadyWithReason()
    {
        var reply = await PredictAsync(new FakeHost(null) { State = SiloState.Draining, Reason = "asked to stop" });
        Assert.Equal(ErrorCode.NotReady, reply.Refusal!.Code);
        Assert.Equal("The silo is Draining: asked to stop", reply.Refusal.Detail);
        Assert.Empty(reply.Results);
    }

    [Fact]
    public async Task Predict_Overloaded_RetryAfter()
    {
        var reply = await PredictAsync(new FakeHost((_, _) => throw new EngineOverloadedException(TimeSpan.FromMilliseconds(700))));
        Assert.Equal((ErrorCode.Overloaded, TimeSpan.FromMilliseconds(700)), (reply.Refusal!.Code, reply.Refusal.RetryAfter));
    }

    [Fact]
    public async Task Predict_EngineClosedMeanwhile_NotReady()
    {
        var reply = await PredictAsync(new FakeHost((_, _) => throw new ObjectDisposedException("engine")));
        Assert.Equal(ErrorCode.NotReady, reply.Refusal!.Code);
    }

    [Fact]
    public async Task Predict_UnexpectedException_InternalWithoutText()
    {
        var host = new FakeHost((_, _) => throw new InvalidOperationException("secret text"));
        var refusal = (await PredictAsync(host)).Refusal!;
        Assert.Equal(ErrorCode.Internal, refusal.Code);
        Assert.DoesNotContain("secret", refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(0, host.Inside);
    }

    [Fact]
    public async Task Predict_CallerCancelled_RefusedWithoutException()
    {
        using var caller = new CancellationTokenSource();
        var host = new FakeHost((_, token) => Task.FromCanceled<EngineAnswer>(token));
        await caller.CancelAsync();
        Assert.Equal(ErrorCode.Cancelled, (await PredictAsync(host, caller.Token)).Refusal!.Code);
        Assert.Equal(0, host.Inside);
    }

    private static Task<PredictReply> PredictAsync(FakeHost host, CancellationToken? caller = null)
        => new InferenceGrain(host, NullLogger<InferenceGrain>.Instance)
            .PredictAsync(Request, caller ?? TestContext.Current.CancellationToken);

    private sealed class FakeHost(Func<ImmutableArray<string>, CancellationToken, Task<EngineAnswer>>? engine)
        : IEngineHost, IInferenceEngine
    {
        private long _sequence;

        public SiloState State { get; init; } = SiloState.Ready;

        public string? Reason { get; init; }

        public ModelIdentity Model => ModelIdentity.None;

        public string Plan => "nothing";

        public EngineLoad Load => default;

        public ImmutableArray<DeviceUse> Devices => [];

        public Task<EngineFailure> Failed { get; } = new TaskCompletionSource<EngineFailure>().Task;

        public int Inside { get; private set; }

        public (TimeSpan TimeLeft, Lane Lane) Asked { get; private set; }

        public IInferenceEngine? TryEnter()
        {
            if (engine is null) return null;
            Inside++;
            return this;
        }

        public void Leave() => Inside--;

        public LoadReport CurrentReport()
            => new() { Silo = "silo-a", BootId = 1, Sequence = ++_sequence, State = State, Reason = Reason, Model = Model };

        public Task<EngineAnswer> PredictAsync(
            ImmutableArray<string> texts, TimeSpan timeLeft, Lane lane, CancellationToken cancellationToken = default)
        {
            Asked = (timeLeft, lane);
            return engine!(texts, cancellationToken);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
