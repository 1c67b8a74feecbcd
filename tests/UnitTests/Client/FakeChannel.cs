using Evergrain.Client.Channels;
using Evergrain.Client.Dispatching;
using Evergrain.Client.Picking;
using Evergrain.UnitTests.Client.Channels;

namespace Evergrain.UnitTests.Client;

/// <summary>A silo whose answers and ends a test scripts.</summary>
/// <param name="name">Its name.</param>
/// <param name="suspectTokens">The oldest calls of up to so many tokens may have been in the running batch.</param>
internal sealed class FakeChannel(string name, long suspectTokens = 8192) : ISiloChannel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly InFlightCalls _inFlight = new();
    private readonly SemaphoreSlim _called = new(0);
    private readonly SemaphoreSlim _movedAway = new(0);
    private CancellationTokenSource _lost = new();

    public string Name => name;

    public LoadReport Load { get; set; } = ReportStateTests.Report(1, 1) with { Silo = name };

    public ModelIdentity Model => Load.Model;

    public bool Connected { get; set; } = true;

    /// <summary>What the pick policy is told, where that is not true any more.</summary>
    public bool? LooksConnected { get; set; }

    public bool Suspect { get; set; }

    public bool Ejected { get; set; }

    public bool Diverted { get; set; }

    public CancellationToken Lost => Volatile.Read(ref _lost).Token;

    public int InFlight => _inFlight.Count;

    /// <summary>What a call gets; by default an answer.</summary>
    public Func<PredictRequest, CancellationToken, Task<PredictReply>>? OnPredict { get; set; }

    /// <summary>What a suspect gets that wants the place; by default the place.</summary>
    public Func<CancellationToken, Task<bool>> OnEnterAlone { get; set; } = _ => Task.FromResult(true);

    public List<PredictRequest> Requests { get; } = [];

    public List<(TimeSpan Took, AttemptTimes Times, bool Answered)> Observations { get; } = [];

    /// <summary>The time that each failed attempt had.</summary>
    public List<TimeSpan> Failures { get; } = [];

    /// <summary>Calls that were lost here and sent elsewhere.</summary>
    public int Moved { get; private set; }

    public List<Guid> Entered { get; } = [];

    public List<Guid> Left { get; } = [];

    public Candidate ToCandidate(long now) => new()
    {
        Connected = LooksConnected ?? Connected,
        Suspect = Suspect,
        Ejected = Ejected,
        Diverted = Diverted,
        State = Load.State,
        DrainRate = Load.DrainRate,
        QueuedTokens = Load.QueuedTokens,
    };

    public InFlightCall Enter(long tokens) => _inFlight.Add(tokens);

    public void Leave(InFlightCall call) => _inFlight.Remove(call);

    public Task<PredictReply> PredictAsync(PredictRequest request, CancellationToken cancellationToken)
    {
        lock (_lock) Requests.Add(request);
        _called.Release();
        return OnPredict?.Invoke(request, cancellationToken) ?? Task.FromResult(Answer(request));
    }

    public void Observe(TimeSpan took, in AttemptTimes times, long tokens, bool answered)
    {
        lock (_lock) Observations.Add((took, times, answered));
    }

    public void ObserveFailure(TimeSpan limit, long tokens, bool others)
    {
        lock (_lock) Failures.Add(limit);
    }

    public void MovedAway()
    {
        lock (_lock) Moved++;
        _movedAway.Release();
    }

    public Task<bool> EnterAloneAsync(Guid ticket, TimeSpan timeLeft, CancellationToken cancellationToken)
    {
        lock (_lock) Entered.Add(ticket);
        return OnEnterAlone(cancellationToken);
    }

    public void LeaveAlone(Guid ticket)
    {
        lock (_lock) Left.Add(ticket);
    }

    /// <summary>Returns when a call has arrived that was not waited for before.</summary>
    public async Task CalledAsync() => Assert.True(await _called.WaitAsync(Patience), $"{name} was not called");

    /// <summary>Returns when a lost call has been sent elsewhere that was not waited for before.</summary>
    public async Task MovedAsync() => Assert.True(await _movedAway.WaitAsync(Patience), $"no call left {name}");

    /// <summary>Its process ends: the connection closes under the calls.</summary>
    public void Kill()
    {
        Connected = false;
        _inFlight.MarkClosed(suspectTokens);
        Cut();
    }

    /// <summary>Its reports do not come any more; the connection stays.</summary>
    public void Freeze()
    {
        Suspect = true;
        Cut();
    }

    public PredictReply Answer(PredictRequest request) => new()
    {
        Results = [.. request.Texts.Select(_ => new TextResult { Probabilities = [0.1f, 0.9f] })],
        Model = Load.Model with { Labels = ["negative", "positive"] },
        Load = Load,
    };

    public PredictReply Refuse(ErrorCode code, TimeSpan? retryAfter = null) => new()
    {
        Refusal = new Refusal { Code = code, Detail = "no", RetryAfter = retryAfter },
        Model = ModelIdentity.None,
        Load = Load,
    };

    /// <summary>Its device fails under the call's batch: it takes no more calls, and the process will end.</summary>
    public PredictReply LoseDevice()
    {
        Load = Load with { State = SiloState.Failed };
        return Refuse(ErrorCode.DeviceLost);
    }

    /// <summary>Never answers; ends when the call is cancelled, as a grain call does.</summary>
    public static async Task<PredictReply> Hang(PredictRequest request, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException();
    }

    private void Cut() => Interlocked.Exchange(ref _lost, new CancellationTokenSource()).Cancel();
}
