using System.Collections.Immutable;
using Evergrain.Client.Channels;
using Evergrain.Client.Picking;

namespace Evergrain.UnitTests.Client;

/// <summary>A silo whose answers a test scripts.</summary>
internal sealed class FakeChannel(string name) : ISiloChannel
{
    private readonly CancellationTokenSource _lost = new();

    public string Name => name;

    public ReportState? State => ReportState.Next(null, Load, 0);

    public LoadReport Load { get; set; } = ReportStateTests.Report(1, 1) with { Silo = name };

    public CancellationToken Lost => _lost.Token;

    public bool Connected { get; set; } = true;

    /// <summary>What a call gets; by default an answer.</summary>
    public Func<PredictRequest, CancellationToken, Task<PredictReply>>? OnPredict { get; set; }

    /// <summary>Completes when a call has arrived.</summary>
    public TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<PredictRequest> Requests { get; } = [];

    public List<(TimeSpan Observed, TimeSpan Predicted)> Observations { get; } = [];

    public Candidate ToCandidate(bool tried, bool declaredDead) => new()
    {
        Connected = Connected,
        State = Load.State,
        Tried = tried,
        DeclaredDead = declaredDead,
        DrainRate = Load.DrainRate,
        QueuedTokens = Load.QueuedTokens,
    };

    public Task<PredictReply> PredictAsync(PredictRequest request, long tokens, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        Called.TrySetResult();
        return OnPredict?.Invoke(request, cancellationToken) ?? Task.FromResult(Answer(request));
    }

    public void Observe(TimeSpan observed, TimeSpan predicted, long tokens) => Observations.Add((observed, predicted));

    public List<TimeSpan> Failures { get; } = [];

    public void ObserveFailure(TimeSpan limit, long tokens, bool others) => Failures.Add(limit);

    public void Kill()
    {
        Connected = false;
        _lost.Cancel();
    }

    public PredictReply Answer(PredictRequest request) => new()
    {
        Results = [.. request.Texts.Select(_ => new TextResult { Probabilities = [0.1f, 0.9f] })],
        Model = ModelIdentity.None with { Labels = ["negative", "positive"] },
        Load = Load,
    };

    public PredictReply Refuse(ErrorCode code, TimeSpan? retryAfter = null) => new()
    {
        Refusal = new Refusal { Code = code, Detail = "no", RetryAfter = retryAfter },
        Model = ModelIdentity.None,
        Load = Load,
    };

    /// <summary>Never answers; ends when the call is cancelled, as a grain call does.</summary>
    public static async Task<PredictReply> Hang(PredictRequest request, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException();
    }
}

internal sealed class FakeChannels(params FakeChannel[] channels) : IChannelSource
{
    public ImmutableArray<ISiloChannel> Current => [.. channels];

    public bool IsDeclaredDead(ISiloChannel channel) => false;
}
