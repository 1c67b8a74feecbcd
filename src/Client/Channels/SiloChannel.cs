using Evergrain.Client.Picking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Evergrain.Client.Channels;

/// <summary>
/// One silo and the connection to it: keeps an Orleans client alive, subscribes to load reports, knows what the silo said
/// last, and ends the calls in flight the moment the silo is lost.
/// </summary>
internal sealed partial class SiloChannel : ISiloChannel, ILoadReportObserver, IAsyncDisposable
{
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan SubscribeTimeout = TimeSpan.FromSeconds(2);

    private readonly EvergrainClientOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ConnectionWatch _watch = new();
    private readonly LagEstimate _lag;
    private readonly Ejection _ejection;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _reportLock = new();
    private readonly Action _stateChanged;
    private readonly Task _loop;

    private ReportState? _state;
    private IInferenceGrain? _grain;
    private ILoadReportObserver? _observer;
    private long _unacknowledged;
    private int _inFlight;
    private bool _subscribed;
    private bool _suspect;
    private int _triedBoot = -1;

    public SiloChannel(
        SiloEndpoint endpoint, EvergrainClientOptions options, ILoggerFactory loggers, TimeProvider time, Action stateChanged)
    {
        Endpoint = endpoint;
        _options = options;
        _loggers = loggers;
        _logger = loggers.CreateLogger<SiloChannel>();
        _time = time;
        _lag = new LagEstimate(time);
        _ejection = new Ejection(time);
        _stateChanged = stateChanged;
        _watch.Changed += OnConnectionChanged;
        _loop = Task.Run(() => RunAsync(_stop.Token));
    }

    public SiloEndpoint Endpoint { get; }

    public ReportState? State => Volatile.Read(ref _state);

    public string Name => State?.Report.Silo ?? Endpoint.ToString();

    /// <summary>Connected, reporting on this connection, and this boot has answered its first calls.</summary>
    public bool Connected => Reporting && State?.Report.BootId == Volatile.Read(ref _triedBoot);

    public bool Suspect => Volatile.Read(ref _suspect);

    public int InFlight => Volatile.Read(ref _inFlight);

    public CancellationToken Lost => _watch.Lost;

    public Candidate ToCandidate(bool tried, bool declaredDead)
    {
        var state = State;
        if (state is null) return default;
        var report = state.Report;
        return new Candidate
        {
            Connected = Connected,
            Suspect = Suspect,
            State = report.State,
            Ejected = _ejection.IsEjected,
            DeclaredDead = declaredDead,
            Tried = tried,
            MemoryFull = state.Gates.MemoryFull,
            LoadHigh = state.Gates.LoadHigh,
            DeviceLoad = report.DeviceLoad,
            QueuedTokens = report.QueuedTokens,
            UnacknowledgedTokens = Interlocked.Read(ref _unacknowledged),
            DrainRate = report.DrainRate,
            RestOfBatch = report.RestOfBatch,
            Lag = _lag.Current,
        };
    }

    public async Task<PredictReply> PredictAsync(PredictRequest request, long tokens, CancellationToken cancellationToken)
    {
        var grain = Volatile.Read(ref _grain) ?? throw new InvalidOperationException($"{Endpoint} is not connected.");
        Interlocked.Add(ref _unacknowledged, tokens);
        Interlocked.Increment(ref _inFlight);
        try
        {
            var reply = await grain.PredictAsync(request, cancellationToken).ConfigureAwait(false);
            Accept(reply.Load);
            return reply;
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    public void Observe(TimeSpan observed, TimeSpan predicted, long tokens)
    {
        _lag.Observe(observed, predicted, tokens);
        _ejection.Succeeded();
    }

    public void ObserveFailure(TimeSpan limit, long tokens, bool others)
    {
        _lag.ObserveFailure(limit, tokens);
        if (_ejection.Failed(others) is not { } span) return;
        Log.Ejected(_logger, Name, span.TotalSeconds);
        _stateChanged();
    }

    /// <summary>Marks the silo suspect (its calls end at once) or takes that back.</summary>
    public void SetSuspect(bool suspect, TimeSpan age)
    {
        if (_suspect == suspect) return;
        Volatile.Write(ref _suspect, suspect);
        if (suspect)
        {
            Log.Suspect(_logger, Name, (long)age.TotalMilliseconds, InFlight);
            _watch.Cut();
        }
        else if (Connected)
        {
            Log.Trusted(_logger, Name);
        }

        _stateChanged();
    }

    /// <summary>Age of the newest report, where there is a connection that should bring more.</summary>
    public TimeSpan? ReportAge => Reporting && State is { } s ? _time.GetElapsedTime(s.ArrivedAt) : null;

    Task ILoadReportObserver.ReportAsync(LoadReport report)
    {
        Accept(report);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private bool Reporting => _watch.IsOpen && Volatile.Read(ref _subscribed);

    private void Accept(LoadReport report)
    {
        ReportState? before, after;
        lock (_reportLock)
        {
            before = _state;
            after = ReportState.Next(before, report, _time.GetTimestamp());
            if (after is null) return;
            Volatile.Write(ref _state, after);
        }

        // Whatever was sent before this report left is in its queue, or done. The few tokens on the wire are not worth a protocol.
        Interlocked.Exchange(ref _unacknowledged, 0);
        var rebooted = before is not null && before.Report.BootId != report.BootId;
        if (rebooted) _lag.Reset();
        if (before is null || rebooted || before.Report.State != report.State)
        {
            Log.State(_logger, report.Silo, report.State, report.BootId, report.Reason ?? "");
            _stateChanged();
            // It may have become ready: time for its first calls.
            _wake.Release();
        }
    }

    private void OnConnectionChanged(bool open)
    {
        if (!open)
        {
            // A connection that never got as far as a report is a silo that still starts, not one that was lost.
            var had = Interlocked.Exchange(ref _subscribed, false);
            if (had && !_stop.IsCancellationRequested) Log.Lost(_logger, Name, InFlight);
        }

        _stateChanged();
    }

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
                    host ??= await OrleansClientFactory.StartAsync(Endpoint, _options, _watch, _loggers, _time, stop).ConfigureAwait(false);
                    await SubscribeAsync(host.Services.GetRequiredService<IClusterClient>(), stop).ConfigureAwait(false);
                    if (await TryFirstCallsAsync(stop).ConfigureAwait(false)) delay = RenewInterval;
                }
                catch (Exception e) when (!stop.IsCancellationRequested)
                {
                    Log.Retry(_logger, Endpoint.ToString(), e.Message);
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
        _observer ??= client.CreateObjectReference<ILoadReportObserver>(this);
        if (_grain is null) Volatile.Write(ref _grain, client.GetGrain<IInferenceGrain>(_options.Model));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop, _watch.Lost);
        limit.CancelAfter(SubscribeTimeout);
        var report = await client.GetGrain<ILoadReportGrain>(0).SubscribeAsync(_observer, limit.Token).ConfigureAwait(false);
        Accept(report);
        if (!_watch.IsOpen || Volatile.Read(ref _subscribed)) return;
        Volatile.Write(ref _subscribed, true);
        Log.Connected(_logger, Name, Endpoint.ToString(), report.BootId);
        _stateChanged();
    }

    /// <summary>False where they are still to be made.</summary>
    private async Task<bool> TryFirstCallsAsync(CancellationToken stop)
    {
        if (State is not { Report: { State: SiloState.Ready } report } || report.BootId == _triedBoot) return true;
        if (!await FirstCalls.MakeAsync(_grain!, _time, stop).ConfigureAwait(false)) return false;
        Volatile.Write(ref _triedBoot, report.BootId);
        _stateChanged();
        return true;
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
        [LoggerMessage(1, LogLevel.Information, "{Silo} connected at {Endpoint}, boot {BootId}")]
        public static partial void Connected(ILogger logger, string silo, string endpoint, int bootId);

        [LoggerMessage(2, LogLevel.Warning, "{Silo} lost: its connection closed; {InFlight} calls in flight go elsewhere")]
        public static partial void Lost(ILogger logger, string silo, int inFlight);

        [LoggerMessage(3, LogLevel.Warning, "{Silo} suspect: no report for {Age} ms; {InFlight} calls in flight go elsewhere")]
        public static partial void Suspect(ILogger logger, string silo, long age, int inFlight);

        [LoggerMessage(4, LogLevel.Information, "{Silo} reports again")]
        public static partial void Trusted(ILogger logger, string silo);

        [LoggerMessage(5, LogLevel.Information, "{Silo} is {State}, boot {BootId} {Reason}")]
        public static partial void State(ILogger logger, string silo, SiloState state, int bootId, string reason);

        [LoggerMessage(7, LogLevel.Warning, "{Silo} ejected for {Seconds} s: too many of its attempts failed")]
        public static partial void Ejected(ILogger logger, string silo, double seconds);

        [LoggerMessage(6, LogLevel.Debug, "{Endpoint} does not answer: {Cause}")]
        public static partial void Retry(ILogger logger, string endpoint, string cause);
    }
}
