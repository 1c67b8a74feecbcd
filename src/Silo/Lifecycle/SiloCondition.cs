namespace Evergrain.Silo.Lifecycle;

/// <summary>A silo's state and its cause. Immutable: the holder swaps it whole.</summary>
internal sealed record SiloCondition(SiloState State, string? Reason)
{
    public static SiloCondition Initial { get; } = new(SiloState.Starting, "joining the cluster");

    /// <summary>The condition after a step to <paramref name="next"/>; null where there is no such step.</summary>
    public SiloCondition? To(SiloState next, string? reason)
    {
        var allowed = (State, next) switch
        {
            // Another phase of the start.
            (SiloState.Starting, SiloState.Starting) => Reason != reason,
            (SiloState.Starting, _) => true,
            (SiloState.Ready, SiloState.Draining or SiloState.Failed) => true,
            // The engine may fail under the last calls. A drain that has begun is never taken back: a model that finishes loading
            // after the stop signal must not open the silo again.
            (SiloState.Draining, SiloState.Failed) => true,
            _ => false,
        };
        return allowed ? new(next, next == SiloState.Ready ? null : reason) : null;
    }
}
