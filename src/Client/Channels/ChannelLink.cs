using System.Collections.Immutable;
using Evergrain.Client.Dispatching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Evergrain.Client.Channels;

/// <summary>
/// Keeps the connection to one silo: an Orleans client of its own, the subscription to load reports, the first calls of each boot, and what
/// the silo has to hand on to other clients.
/// </summary>
internal sealed partial class ChannelLink : IAsyncDisposable
{
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(2);

    private readonly SiloEndpoint _endpoint;
    private readonly ChannelContext _context;
    private readonly ConnectionWatch _watch;
    private readonly SiloChannel _channel;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Task _loop;

    private IInferenceGrain? _inference;
    private IPoisonGrain? _poison;
    private IOperationsGrain? _operations;
    private ILoadReportObserver? _observer;

    public ChannelLink(SiloEndpoint endpoint, ChannelContext context, ConnectionWatch watch, SiloChannel channel)
    {
        (_endpoint, _context, _watch, _channel) = (endpoint, context, watch, channel);
        _logger = context.Loggers.CreateLogger<ChannelLink>();
        _loop = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <exception cref="InvalidOperationException">It was never connected.</exception>
    public IInferenceGrain Inference => Volatile.Read(ref _inference) ?? throw NotConnected();

    /// <exception cref="InvalidOperationException">It was never connected.</exception>
    public IPoisonGrain Poison => Volatile.Read(ref _poison) ?? throw NotConnected();

    /// <exception cref="InvalidOperationException">It was never connected.</exception>
    public IOperationsGrain Operations => Volatile.Read(ref _operations) ?? throw NotConnected();

    public bool Stopping => _stop.IsCancellationRequested;

    public void Wake() => _wake.Release();

    /// <summary>Does not wait: a silo that is gone has nothing left to give back.</summary>
    public void LeaveAlone(Guid ticket) => _ = ForgetAsync(Poison.LeaveAsync(ticket));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static async Task ForgetAsync(Task call) => await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private InvalidOperationException NotConnected() => new($"{_endpoint} is not connected.");

    private async Task RunAsync(CancellationToken stop)
    {
        IHost? host = null;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var delay = RetryInterval;
                try
                {
                    host ??= await OrleansClientFactory.StartAsync(_endpoint, _context, _watch, stop).ConfigureAwait(false);
                    await SubscribeAsync(host.Services.GetRequiredService<IClusterClient>(), stop).ConfigureAwait(false);
                    await HandOnPoisonAsync(stop).ConfigureAwait(false);
                    if (await ProveAsync(stop).ConfigureAwait(false)) delay = _channel.Ejected || _channel.NeedsNews ? RetryInterval : RenewInterval;
                    if (_channel.NeedsNews) await AskAsync(stop).ConfigureAwait(false);
                }
                catch (Exception e) when (!stop.IsCancellationRequested)
                {
                    Log.Retry(_logger, _endpoint.ToString(), e.Message);
                }

                await _wake.WaitAsync(delay, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed.
        }
        finally
        {
            if (host is not null) await StopHostAsync(host).ConfigureAwait(false);
        }
    }

    private async Task SubscribeAsync(IClusterClient client, CancellationToken stop)
    {
        _observer ??= client.CreateObjectReference<ILoadReportObserver>(_channel);
        if (_inference is null) Volatile.Write(ref _inference, client.GetGrain<IInferenceGrain>(_context.Options.Model));
        if (_poison is null) Volatile.Write(ref _poison, client.GetGrain<IPoisonGrain>(0));
        if (_operations is null) Volatile.Write(ref _operations, client.GetGrain<IOperationsGrain>(0));
        using var limit = Limit(stop);
        _channel.OnSubscribed(await client.GetGrain<ILoadReportGrain>(0).SubscribeAsync(_observer, limit.Token).ConfigureAwait(false));
    }

    /// <summary>Tells the silo what it does not report yet: it was started anew, or this client knows of it first.</summary>
    private async Task HandOnPoisonAsync(CancellationToken stop)
    {
        if (_context.Poison.IsEmpty) return;
        var reported = _channel.State?.Report.Poison.Select(m => m.Hash).ToHashSet() ?? [];
        var news = _context.Poison.Marks.Where(m => !reported.Contains(m.Hash)).ToImmutableArray();
        if (news.IsEmpty) return;
        using var limit = Limit(stop);
        await Poison.RefuseAsync(news).WaitAsync(limit.Token).ConfigureAwait(false);
    }

    /// <summary>False where it is still to be proved.</summary>
    private async Task<bool> ProveAsync(CancellationToken stop)
    {
        if (!_channel.NeedsProof) return true;
        var bootId = _channel.State!.Report.BootId;
        string? problem;
        try
        {
            problem = await FirstCalls.MakeAsync(Inference, Poison, _context.Answers, _context.Time, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            problem = e.GetType().Name;
        }

        _channel.OnProved(bootId, problem);
        if (problem is null) return true;
        Log.NotProved(_logger, _channel.Name, bootId, problem);
        return false;
    }

    /// <summary>Finds out how a silo that was late answers now.</summary>
    private async Task AskAsync(CancellationToken stop)
    {
        var began = _context.Time.GetTimestamp();
        using var limit = Limit(stop);
        try
        {
            await Inference.PredictAsync(FirstCalls.Request, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // It is late still, and that is what counts.
        }

        _channel.ObserveOwn(_context.Time.GetElapsedTime(began), TokenEstimate.Of(FirstCalls.Request.Texts));
    }

    private CancellationTokenSource Limit(CancellationToken stop)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(stop, _watch.Lost);
        limit.CancelAfter(CallLimit);
        return limit;
    }

    private static async Task StopHostAsync(IHost host)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await host.StopAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or Orleans.Runtime.OrleansException)
        {
            // A silo that does not answer the goodbye is no reason to stay.
        }

        host.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(6, LogLevel.Debug, "{Endpoint} does not answer: {Cause}")]
        public static partial void Retry(ILogger logger, string endpoint, string cause);

        [LoggerMessage(8, LogLevel.Warning, "{Silo} gets no calls yet: boot {BootId} did not answer its first calls: {Problem}")]
        public static partial void NotProved(ILogger logger, string silo, int bootId, string problem);
    }
}
