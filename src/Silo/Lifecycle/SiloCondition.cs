namespace Evergrain.Silo.Lifecycle;

/// <summary>A silo's state and its cause. Immutable: the holder swaps it whole.</summary>
internal sealed record SiloCondition(SiloState State, string? Reason)
{
    public static SiloCondition Initial { get; } = new(SiloState.Starting, "joining the cluster");

    /// <summary>The process ends after this drain: it is never taken back.</summary>
    public bool Stopping { get; init; }

    /// <summary>The drain was announced long enough: who calls now is refused.</summary>
    public bool Closed { get; init; }

    /// <summary>A silo that has just announced its drain still answers: a call that was on its way meanwhile would have to be sent
    /// again by its client.</summary>
    public bool TakesCalls => State == SiloState.Ready || (State == SiloState.Draining && !Closed);

    /// <summary>The condition after a step to <paramref name="next"/>; null where there is no such step.</summary>
    /// <param name="next">The state.</param>
    /// <param name="reason">Its cause; none is kept for Ready.</param>
    /// <param name="stopping">For a drain: the process is told to stop, and it is not an operator who drains it.</param>
    public SiloCondition? To(SiloState next, string? reason, bool stopping = false)
    {
        var allowed = (State, next) switch
        {
            // Another phase of the start.
            (SiloState.Starting, SiloState.Starting) => Reason != reason,
            // A silo that takes no calls yet has nothing that an operator could drain.
            (SiloState.Starting, SiloState.Draining) => stopping,
            (SiloState.Starting, _) => true,
            (SiloState.Ready, SiloState.Draining or SiloState.Failed) => true,
            // An operator's drain can be taken back. That of a stop cannot: a model that finishes loading after the signal must not open
            // the silo again.
            (SiloState.Draining, SiloState.Ready) => !Stopping,
            (SiloState.Draining, SiloState.Draining) => stopping && !Stopping,
            // The engine may fail under the last calls.
            (SiloState.Draining, SiloState.Failed) => true,
            _ => false,
        };
        if (!allowed) return null;
        return next switch
        {
            SiloState.Ready => new(next, null),
            // A drain that nobody has to be told of is closed from the start: no client ever saw this silo ready, or it is drained already.
            SiloState.Draining => new(next, reason) { Stopping = stopping, Closed = !TakesCalls },
            _ => new(next, reason),
        };
    }
}
