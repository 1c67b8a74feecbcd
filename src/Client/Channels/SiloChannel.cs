using Evergrain.Client.Dispatching;
using Evergrain.Client.Events;
using Evergrain.Client.Picking;

namespace Evergrain.Client.Channels;

/// <summary>
/// One silo as this client sees it: what it said last, how it has been answering, whether it may be asked, and the calls under way
/// there, which end the moment the silo is lost. <see cref="ChannelLink"/> keeps the connection.
/// </summary>
internal sealed class SiloChannel : ISiloChannel, ILoadReportObserver, IAsyncDisposable
{
    private readonly ChannelContext _context;
    private readonly TimeProvider _time;
    private readonly ConnectionWatch _watch = new();
    private readonly ChannelLink _link;
    private readonly LagEstimate _lag;
    private readonly Ejection _ejection;
    private readonly SlowStart _slowStart;
    private readonly InFlightCalls _inFlight = new();
    private readonly FailoverTally _tally;
    private readonly ServiceTimes.SiloServiceTimes _serviceTimes;
    private readonly Lock _reportLock = new();

    private ReportState? _state;
    private long _unacknowledged;
    private long _answered;
    private bool _subscribed;
    private bool _suspect;
    private bool _declaredDead;
    private bool _diverted;
    private int _provedBoot = -1;

    public SiloChannel(SiloEndpoint endpoint, ChannelContext context)
    {
        Endpoint = endpoint;
        _context = context;
        _time = context.Time;
        _lag = new LagEstimate(_time);
        _ejection = new Ejection(_time);
        _slowStart = new SlowStart(_time);
        _tally = new FailoverTally(context.Events, _time);
        _serviceTimes = context.ServiceTimes.Add();
        _watch.Changed += _ => Refresh();
        _watch.Closing += OnClosing;
        _link = new ChannelLink(endpoint, context, _watch, this);
    }

    public SiloEndpoint Endpoint { get; }

    public ReportState? State => Volatile.Read(ref _state);

    public string Name => State?.Report.Silo ?? Endpoint.ToString();

    public ModelIdentity Model => State?.Report.Model ?? ModelIdentity.None;

    /// <summary>Connected, reporting on this connection, and this boot has answered its first calls.</summary>
    public bool Connected => Reporting && State?.Report.BootId == Volatile.Read(ref _provedBoot);

    public bool Suspect => Volatile.Read(ref _suspect);

    public bool Ejected => _ejection.IsEjected;

    public int InFlight => _inFlight.Count;

    /// <summary>Texts that it has answered to this client.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    public IOperationsGrain Operations => _link.Operations;

    public TimeSpan Lag => _lag.At(_time.GetTimestamp());

    public double Warmth => _slowStart.At(_time.GetTimestamp());

    public CancellationToken Lost => _watch.Lost;

    /// <summary>Age of the newest report, where there is a connection that should bring more: a silo that has drained reports no more while it
    /// leaves the cluster.</summary>
    public TimeSpan? ReportAge => Reporting && State is { } s && !(s.Report.State == SiloState.Draining && InFlight == 0)
        ? _time.GetElapsedTime(s.ArrivedAt)
        : null;

    /// <summary>This boot is to be proved (again) before it gets calls.</summary>
    public bool NeedsProof => State is { Report: { State: SiloState.Ready } report } && (report.BootId != _provedBoot || _ejection.IsProbeDue);

    /// <summary>It answers late, so it gets few calls or none: how it answers now, the channel has to find out.</summary>
    public bool NeedsNews => Connected && !Suspect && State is { Report.State: SiloState.Ready } && _lag.NeedsNews(_time.GetTimestamp());

    /// <summary>Connected, and its reports come on this connection.</summary>
    public bool Reporting => _watch.IsOpen && Volatile.Read(ref _subscribed);

    public Candidate ToCandidate(long now)
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
            DeclaredDead = Volatile.Read(ref _declaredDead),
            MemoryFull = state.Gates.MemoryFull,
            Diverted = Volatile.Read(ref _diverted),
            QueuedTokens = report.QueuedTokens,
            UnacknowledgedTokens = Volatile.Read(ref _unacknowledged),
            DrainRate = report.DrainRate,
            RestOfBatch = report.RestOfBatch,
            Lag = _lag.At(now),
            Warmth = _slowStart.At(now),
        };
    }

    public SiloLoad Load => State is { } state
        ? new SiloLoad(PickPolicy.IsEligible(ToCandidate(_time.GetTimestamp())), state.Gates.LoadHigh, state.Report.DeviceLoad, state.Report.OwnLoad, state.Report.DrainRate)
        : default;

    public InFlightCall Enter(long tokens)
    {
        Interlocked.Add(ref _unacknowledged, tokens);
        return _inFlight.Add(tokens);
    }

    public void Leave(InFlightCall call) => _inFlight.Remove(call);

    public async Task<PredictReply> PredictAsync(PredictRequest request, CancellationToken cancellationToken)
    {
        var reply = await _link.Inference.PredictAsync(request, cancellationToken).ConfigureAwait(false);
        Accept(reply.Load);
        Interlocked.Add(ref _answered, reply.Results.Length);
        return reply;
    }

    public void Observe(TimeSpan took, in AttemptTimes times, long tokens, bool answered)
    {
        _lag.Observe(took, times.Predicted, tokens, took > times.LateAfter);
        if (!answered) return;
        _serviceTimes.Add(tokens, took - times.Wait);
        _ejection.Succeeded();
    }

    public void ObserveFailure(TimeSpan limit, long tokens, bool others)
    {
        _lag.ObserveFailure(limit, tokens);
        if (_ejection.Failed(others) is { } span) OnEjected(span, "too many of its attempts failed", $"the last one had {limit.TotalMilliseconds:F0} ms");
    }

    /// <summary>Learns from a call of the channel's own.</summary>
    /// <param name="took">Time until its answer, or so far where there was none.</param>
    /// <param name="tokens">Estimated tokens of the call.</param>
    public void ObserveOwn(TimeSpan took, long tokens)
    {
        var times = AttemptTimes.Of(ToCandidate(_time.GetTimestamp()), tokens, _context.ServiceTimes.P99(tokens), TimeSpan.MaxValue);
        _lag.Observe(took, times.Predicted, tokens, took > times.LateAfter);
    }

    public void MovedAway() => _tally.Moved();

    public Task<bool> EnterAloneAsync(Guid ticket, TimeSpan timeLeft, CancellationToken cancellationToken)
        => _link.Poison.EnterAsync(ticket, timeLeft, cancellationToken);

    public void LeaveAlone(Guid ticket) => _link.LeaveAlone(ticket);

    /// <summary>Marks the silo suspect (its calls end at once) or takes that back.</summary>
    public void SetSuspect(bool suspect, TimeSpan age)
    {
        if (_suspect == suspect) return;
        Volatile.Write(ref _suspect, suspect);
        if (suspect)
        {
            var calls = _inFlight.Count;
            _tally.Begin(Name, BootId, calls);
            Publish(ClusterEventKind.Suspected, "its load reports do not come", $"no report for {age.TotalMilliseconds:F0} ms", calls);
            _watch.Cut();
        }
        else if (Reporting)
        {
            Publish(ClusterEventKind.Trusted, "its load reports come again");
        }

        Refresh();
    }

    /// <summary>Another silo's membership says that this boot is dead, or does not say so.</summary>
    public void SetDeclaredDead(bool dead)
    {
        if (_declaredDead == dead) return;
        Volatile.Write(ref _declaredDead, dead);
        Refresh();
    }

    /// <summary>New calls are kept away because its device is busy, or are so no more.</summary>
    public void SetDiverted(bool diverted)
    {
        if (_diverted == diverted || State is not { } state) return;
        Volatile.Write(ref _diverted, diverted);
        var load = $"device load {100 * state.Report.DeviceLoad:F0} %";
        if (diverted) Publish(ClusterEventKind.Hot, "its device is busy: new calls go to the others", load);
        else Publish(ClusterEventKind.Cool, state.Gates.LoadHigh ? "calls are not kept away from it any more" : "its device is not that busy any more", load);
        Refresh(anew: Diversion.EndsGradually(diverted, state.Gates));
    }

    /// <summary>The silo takes this client's subscription: it is there.</summary>
    public void OnSubscribed(LoadReport report)
    {
        Accept(report);
        if (!_watch.IsOpen || Volatile.Read(ref _subscribed)) return;
        Volatile.Write(ref _subscribed, true);
        Publish(ClusterEventKind.Joined, "connected, and it reports", $"at {Endpoint}");
        Refresh();
    }

    /// <summary>The first calls of this boot, or the probe after an ejection, were answered (<paramref name="problem"/> null) or not.</summary>
    public void OnProved(int bootId, string? problem)
    {
        if (_ejection.IsEjected)
        {
            if (problem is not null)
            {
                OnEjected(_ejection.ProbeFailed(), "its probe was not answered as it should be", problem);
                return;
            }

            _ejection.Readmit();
            Publish(ClusterEventKind.Readmitted, "its probe was answered as before");
        }

        if (problem is not null) return;
        if (bootId != Volatile.Read(ref _provedBoot))
        {
            Volatile.Write(ref _provedBoot, bootId);
            Publish(ClusterEventKind.Ready, "it has answered its first calls");
        }

        Refresh();
    }

    /// <summary>Makes the link look at once: there is something to prove or to tell.</summary>
    public void Wake() => _link.Wake();

    Task ILoadReportObserver.ReportAsync(LoadReport report)
    {
        Accept(report);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync().ConfigureAwait(false);
        _context.ServiceTimes.Remove(_serviceTimes);
        _tally.Dispose();
    }

    private int BootId => State?.Report.BootId ?? 0;

    private void Publish(ClusterEventKind kind, string cause, string evidence = "", int inFlight = 0)
        => _context.Events.Publish(kind, Name, BootId, cause, evidence, inFlight);

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
        _context.Poison.Add(report.Poison);
        var changes = ReportChanges.Between(before?.Report, report, proved: report.BootId == Volatile.Read(ref _provedBoot));
        if (changes.Rebooted)
        {
            _lag.Reset();
            _serviceTimes.Reset();
            Volatile.Write(ref _declaredDead, false);
        }

        foreach (var (kind, cause, evidence) in changes.Events) Publish(kind, cause, evidence);
        if (MemoryChange.Between(before?.Gates ?? default, after) is var (memory, why, seen))
        {
            Publish(memory, why, seen);
            Refresh();
        }

        if (!changes.MayMatter) return;
        Refresh();
        // It may have become ready: time for its first calls.
        Wake();
    }

    private void OnClosing()
    {
        // Before the calls are cancelled, so that each knows why.
        var calls = _inFlight.MarkClosed(InFlightCalls.SuspectTokens(_context.Options.BatchTokens, State?.Report.BatchTokens));
        // A connection that never got as far as a report is a silo that still starts, not one that was lost.
        if (!Interlocked.Exchange(ref _subscribed, false) || _link.Stopping) return;
        _tally.Begin(Name, BootId, calls);
        if (State is { Report.State: SiloState.Draining } && calls == 0) Publish(ClusterEventKind.Left, "it drained, and its connection closed");
        else Publish(ClusterEventKind.Lost, "its connection closed", $"{calls} calls in flight", calls);
    }

    private void OnEjected(TimeSpan span, string cause, string evidence)
    {
        Publish(ClusterEventKind.Ejected, cause, $"{evidence}; out for {span.TotalSeconds:F0} s", _inFlight.Count);
        Refresh();
    }

    /// <summary>After every change: whether it takes calls now.</summary>
    /// <param name="anew">It was avoided until now, and begins its slow start anew.</param>
    private void Refresh(bool anew = false)
    {
        _slowStart.Follow(ToCandidate(_time.GetTimestamp()), anew);
        _context.StateChanged();
    }
}
