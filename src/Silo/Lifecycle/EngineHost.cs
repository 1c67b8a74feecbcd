using Evergrain.Engine;
using Evergrain.Grains;
using Evergrain.Silo.Membership;
using Evergrain.Silo.Telemetry;

namespace Evergrain.Silo.Lifecycle;

/// <summary>The silo's state, its engine and the calls inside it.</summary>
internal sealed partial class EngineHost(
    SiloIdentity identity, ServedEngine served, IDeviceTelemetry telemetry, MembershipHealth membership, ILogger<EngineHost> logger)
    : IEngineHost, IAsyncDisposable
{
    private SiloCondition _condition = SiloCondition.Initial;
    private long _sequence;
    private int _calls;

    /// <summary>Raised after every change of the state, on the thread that changed it.</summary>
    public event Action? Changed;

    public SiloCondition Condition => Volatile.Read(ref _condition);

    public SiloState State => Condition.State;

    public string? Reason => Condition.Reason;

    public ModelIdentity Model => served.Current?.Model ?? ModelIdentity.None;

    /// <summary>The engine's load now; zero where none is open.</summary>
    public EngineLoad CurrentLoad => served.Current?.Load ?? default;

    /// <summary>Calls that entered and have not left.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public IInferenceEngine? TryEnter()
    {
        // Counted before the look at the condition: a drain closes the silo and then reads the count, so either it sees this call or
        // this call sees the silo closed.
        Interlocked.Increment(ref _calls);
        if (Condition.TakesCalls) return served.Current;

        Interlocked.Decrement(ref _calls);
        return null;
    }

    public void Leave() => Interlocked.Decrement(ref _calls);

    public LoadReport CurrentReport()
    {
        // The number before the state. A report with an old state then has a lower number than the one that its change pushes, and no
        // report that overtakes another can bring the old state back.
        var sequence = Interlocked.Increment(ref _sequence);
        var condition = Condition;
        var engine = served.Current;
        var load = engine?.Load ?? default;
        var device = telemetry.Current;
        return new()
        {
            Silo = identity.Name,
            BootId = identity.BootId,
            Sequence = sequence,
            State = condition.State,
            Reason = condition.Reason,
            QueuedTokens = load.QueuedTokens,
            InFlight = load.InFlight,
            DrainRate = load.DrainRate,
            RestOfBatch = load.RestOfBatch,
            // What is not known does not count against this silo; how busy its own threads are it always knows.
            DeviceLoad = device.Load ?? load.BusyShare,
            DeviceMemory = device.Memory ?? 0,
            DeviceSample = device.Number,
            OwnLoad = load.BusyShare,
            BatchTokens = load.BatchTokens,
            Model = engine?.Model ?? ModelIdentity.None,
            MembershipAway = membership.Away,
        };
    }

    /// <summary>Names the phase of the start.</summary>
    public void Explain(string phase) => Move(SiloState.Starting, phase);

    /// <summary>Takes over an engine and opens the silo; false where the silo was told to stop meanwhile.</summary>
    public bool Open(IInferenceEngine engine)
    {
        served.Exchange(engine);
        return Move(SiloState.Ready, null);
    }

    /// <summary>Swaps the engine that serves; false, and nothing is swapped, where the silo serves no more.</summary>
    /// <param name="old">The engine that is served now.</param>
    /// <param name="engine">Its successor.</param>
    public bool Replace(IInferenceEngine old, IInferenceEngine engine)
    {
        if (Condition is { State: not (SiloState.Ready or SiloState.Draining) } or { Stopping: true } || !served.TryExchange(old, engine)) return false;
        Changed?.Invoke(); // clients hear of the other model at once
        return true;
    }

    /// <summary>Announces that an operator takes this silo out of service; false where it is not in service. <see cref="Close"/> ends
    /// it.</summary>
    public bool Drain() => Move(SiloState.Draining, "drained by an operator");

    /// <summary>Takes an operator's drain back; false where there is none.</summary>
    public bool Undrain() => State == SiloState.Draining && Move(SiloState.Ready, null);

    /// <summary>Announces the end of this process. Never taken back.</summary>
    public bool BeginStop() => Move(SiloState.Draining, "stopping", stopping: true);

    /// <summary>Refuses calls from now on, if the silo is still in this drain: it may have been taken back, and the next one has a time
    /// of its own.</summary>
    public void Close(SiloCondition drain)
    {
        if (drain is { State: SiloState.Draining, Closed: false })
            Interlocked.CompareExchange(ref _condition, drain with { Closed = true }, drain);
    }

    /// <summary>Cannot answer any more.</summary>
    public bool Fail(string reason) => Move(SiloState.Failed, reason);

    /// <summary>Once, however often the container asks: it knows this object by two service types.</summary>
    public async ValueTask DisposeAsync()
    {
        if (served.Exchange(null) is { } engine) await engine.DisposeAsync();
    }

    private bool Move(SiloState next, string? reason, bool stopping = false)
    {
        while (true)
        {
            var current = Condition;
            if (current.To(next, reason, stopping) is not { } changed) return false;
            if (Interlocked.CompareExchange(ref _condition, changed, current) != current) continue;

            var ready = current.State == SiloState.Draining ? "the drain was taken back" : "the known answers are right";
            Log.Changed(logger, identity.Name, current.State, changed.State, changed.Reason ?? ready);
            Changed?.Invoke();
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Silo}: {From} -> {To}: {Cause}")]
        public static partial void Changed(ILogger logger, string silo, SiloState from, SiloState to, string cause);
    }
}
