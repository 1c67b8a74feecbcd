using Evergrain.Client;
using Evergrain.Client.Channels;
using Evergrain.Client.Dispatching;
using Evergrain.Client.Picking;

namespace Evergrain.Bench.Routing;

/// <summary>
/// The real channel of a silo, without its connection: what the pick policy reads of it costs what it costs in a gateway. Only that it
/// is connected and warm has to be said for it, and calls are answered at once.
/// </summary>
internal sealed class BenchChannel : ISiloChannel
{
    private readonly SiloChannel _channel;
    private readonly SlowStart _warmth;
    private readonly Task<PredictReply> _answer;
    private long _sequence;

    private BenchChannel(SiloChannel channel, string name, SlowStart warmth)
    {
        _channel = channel;
        _warmth = warmth;
        Name = name;
        _answer = Task.FromResult(new PredictReply
        {
            Results = [new TextResult { Probabilities = [0.1f, 0.9f], Tokens = 20 }],
            Model = ModelIdentity.None,
            Load = Report(0),
        });
    }

    public string Name { get; }

    public ModelIdentity Model => _channel.Model;

    public bool Connected => true;

    public CancellationToken Lost => _channel.Lost;

    public static async Task<BenchChannel> CreateAsync(int number, ChannelContext context, SlowStart warmth)
    {
        var channel = new SiloChannel(new SiloEndpoint("127.0.0.1", 1), context);
        // Ends its search for a silo; what it knows stays.
        await channel.DisposeAsync();
        return new BenchChannel(channel, $"silo-{number}", warmth);
    }

    /// <summary>A newer report, and an answer that was a little late, so that every estimate has something to say.</summary>
    public void Refresh()
    {
        _ = ((ILoadReportObserver)_channel).ReportAsync(Report(++_sequence));
        var times = new AttemptTimes(TimeSpan.Zero, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1));
        for (var i = 0; i < 5; i++) _channel.Observe(TimeSpan.FromMilliseconds(25), times, 20, answered: true);
    }

    public Candidate ToCandidate(long now) => _channel.ToCandidate(now) with { Connected = true, Warmth = _warmth.At(now) };

    public InFlightCall Enter(long tokens) => _channel.Enter(tokens);

    public void Leave(InFlightCall call) => _channel.Leave(call);

    public Task<PredictReply> PredictAsync(PredictRequest request, CancellationToken cancellationToken) => _answer;

    public void Observe(TimeSpan took, in AttemptTimes times, long tokens, bool answered)
        => _channel.Observe(took, times, tokens, answered);

    public void ObserveFailure(TimeSpan limit, long tokens, bool others) => _channel.ObserveFailure(limit, tokens, others);

    public void MovedAway() => _channel.MovedAway();

    public Task<bool> EnterAloneAsync(Guid ticket, TimeSpan timeLeft, CancellationToken cancellationToken) => Task.FromResult(true);

    public void LeaveAlone(Guid ticket)
    {
        // Nobody waits for it.
    }

    private LoadReport Report(long sequence) => new()
    {
        Silo = Name,
        BootId = 1,
        Sequence = sequence,
        State = SiloState.Ready,
        Model = ModelIdentity.None,
        QueuedTokens = 100,
        DrainRate = 20_000,
        RestOfBatch = TimeSpan.FromMilliseconds(3),
    };
}
