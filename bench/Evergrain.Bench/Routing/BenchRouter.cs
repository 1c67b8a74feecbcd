using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Evergrain.Client;
using Evergrain.Client.Channels;
using Evergrain.Client.Dispatching;
using Evergrain.Client.Events;
using Evergrain.Client.Picking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Evergrain.Bench.Routing;

/// <summary>The router and the dispatcher of a client that knows so many silos.</summary>
internal sealed class BenchRouter : IChannelSource
{
    private const int Tokens = 20;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private static readonly PredictRequest Request = new() { Texts = ["这家店的服务很好，下次还会再来。"], TimeLeft = Deadline };

    private readonly ImmutableArray<BenchChannel> _channels;
    private readonly Router _router;
    private readonly Dispatcher _dispatcher;

    private BenchRouter(ImmutableArray<BenchChannel> channels, ChannelContext context)
    {
        _channels = channels;
        Current = ImmutableArray<ISiloChannel>.CastUp(channels);
        var metrics = new ClientMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
        var log = new PickLog(context.Time, context.Options.BatchTokens);
        _router = new Router(this, context.Options, context.ServiceTimes, log, metrics, context.Time, Random.Shared);
        var place = new SuspectPlace(NullLogger<SuspectPlace>.Instance, context.Time);
        _dispatcher = new Dispatcher(
            _router,
            new Hedger(_router, place, metrics, context.Time),
            new AloneReplay(_router, place, context.Poison, context.Options, metrics, NullLogger<AloneReplay>.Instance, context.Time),
            context.Options,
            metrics,
            NullLogger<Dispatcher>.Instance,
            context.Time);
    }

    public ImmutableArray<ISiloChannel> Current { get; }

    public Task WhenChanged { get; } = new TaskCompletionSource().Task;

    public int Silos => _channels.Length;

    public static async Task<BenchRouter> CreateAsync(int silos)
    {
        var context = new ChannelContext
        {
            Tls = null,
            Options = new EvergrainClientOptions { Silos = ["127.0.0.1:1"] },
            Loggers = NullLoggerFactory.Instance,
            Time = TimeProvider.System,
            Events = new ClusterEvents(NullLogger<ClusterEvents>.Instance, TimeProvider.System),
            ServiceTimes = new ServiceTimes(),
            Poison = new PoisonList(TimeProvider.System),
            Answers = new KnownAnswers(),
            StateChanged = () => { },
        };
        // The 99th percentile is known, as in a client that has run for a minute.
        var known = context.ServiceTimes.Add();
        for (var i = 0; i < 100; i++) known.Add(Tokens, TimeSpan.FromMilliseconds(8));
        var warmth = new SlowStart(context.Time);
        warmth.Begin();
        var channels = await Task.WhenAll(Enumerable.Range(1, silos).Select(number => BenchChannel.CreateAsync(number, context, warmth)));
        return new BenchRouter([.. channels], context);
    }

    /// <summary>News from every silo, as several times a second.</summary>
    public void Refresh()
    {
        foreach (var channel in _channels) channel.Refresh();
    }

    /// <summary>One decision.</summary>
    /// <exception cref="InvalidOperationException">There was no silo: what was measured was something else.</exception>
    public void Pick()
    {
        if (_router.Choose(Tokens, Deadline, default, null, hedge: false) is null) throw new InvalidOperationException("No silo was picked.");
    }

    /// <summary>A whole call, answered at once.</summary>
    /// <exception cref="InvalidOperationException">It was not answered.</exception>
    public async Task SendAsync()
    {
        var result = await _dispatcher.SendAsync(Request, null, CancellationToken.None);
        if (result.Reply is null) throw new InvalidOperationException(result.Detail);
    }

    public void Refuse(string text, string silo) => throw new InvalidOperationException("Nothing is refused here.");
}
