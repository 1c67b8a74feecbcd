using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Evergrain.Client;
using Evergrain.Client.Channels;
using Evergrain.Client.Dispatching;
using Evergrain.Client.Picking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Evergrain.UnitTests.Client;

/// <summary>A dispatcher over scripted silos and a clock that stands still.</summary>
internal sealed class DispatcherUnderTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServiceTimes _serviceTimes = new();

    public DispatcherUnderTest(params IEnumerable<ISiloChannel> channels)
    {
        Poison = new PoisonList(Time);
        Channels = new FakeChannels(Poison, channels);
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var options = new EvergrainClientOptions { Silos = ["127.0.0.1:1"] };
        var metrics = new ClientMetrics(meters);
        var router = new Router(Channels, options, _serviceTimes, new PickLog(Time, options.BatchTokens), metrics, Time, new Random(1));
        Router = router;
        var place = new SuspectPlace(NullLogger<SuspectPlace>.Instance, Time);
        Dispatcher = new Dispatcher(
            router,
            new Hedger(router, place, metrics, Time),
            new AloneReplay(router, place, Poison, options, metrics, NullLogger<AloneReplay>.Instance, Time),
            options,
            metrics,
            NullLogger<Dispatcher>.Instance,
            Time);
    }

    public SerialTime Time { get; } = new();

    public PoisonList Poison { get; }

    public FakeChannels Channels { get; }

    public Router Router { get; }

    public IDispatcher Dispatcher { get; }

    /// <summary>Calls of every length have taken so long until now: what takes longer is late.</summary>
    public void Usually(TimeSpan took)
    {
        var silo = _serviceTimes.Add();
        for (var tokens = 1; tokens <= 1024; tokens *= 2)
        {
            for (var i = 0; i < 56; i++) silo.Add(tokens, took);
        }
    }

    /// <summary>99th percentile of a call of three tokens, in whole milliseconds as timers count.</summary>
    public TimeSpan HedgeAfter => TimeSpan.FromMilliseconds(Math.Max(50, Math.Floor(_serviceTimes.P99(3)!.Value.TotalMilliseconds)));

    public Task<DispatchResult> SendAsync(params ImmutableArray<string> texts) => SendAsync(CancellationToken.None, texts);

    /// <summary>With five seconds' time.</summary>
    public Task<DispatchResult> SendAsync(CancellationToken cancellationToken, params ImmutableArray<string> texts)
        => Dispatcher.SendAsync(new PredictRequest { Texts = texts, TimeLeft = TimeSpan.FromSeconds(5) }, null, cancellationToken).WaitAsync(Patience);

    /// <summary>Lets the time go by in which a suspect text waits after a loss.</summary>
    public async Task PassOneCauseAsync()
    {
        await Time.TimerAsync(Call.OneCause);
        Time.Advance(Call.OneCause);
    }

    /// <summary>Something changes again and again until the call is over.</summary>
    public async Task<DispatchResult> ChangeUntilAsync(Task<DispatchResult> call)
    {
        while (!call.IsCompleted)
        {
            Channels.Change();
            await Task.Yield();
        }

        return await call;
    }

    /// <summary>Lets time go by until the call is over.</summary>
    public async Task<DispatchResult> PassTimeAsync(Task<DispatchResult> call)
    {
        while (!call.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        return await call;
    }
}
