using Evergrain.Engine;

namespace Evergrain.Grains;

/// <summary>
/// What the grain asks of the silo it runs on: whether it takes work, the engine that does it, and the load that rides on
/// every reply. One per silo, thread safe, injected as a singleton; an activation never opens or closes an engine.
/// </summary>
public interface IEngineHost
{
    /// <summary>State of the silo now.</summary>
    SiloState State { get; }

    /// <summary>Why the silo is not <see cref="SiloState.Ready"/>, where it is not; names nothing of any caller's text.</summary>
    string? Reason { get; }

    /// <summary>
    /// Takes a call into account until <see cref="Leave"/>. Checking the state and counting are one step, so that a drain which
    /// sees no call in flight can rely on none starting afterwards.
    /// </summary>
    /// <returns>The engine; null, and nothing is counted, where the silo takes no work.</returns>
    IInferenceEngine? TryEnter();

    /// <summary>Ends a call that <see cref="TryEnter"/> let in; once for each.</summary>
    void Leave();

    /// <summary>The load now, with the next sequence number. Cheap, never blocks.</summary>
    LoadReport CurrentReport();

    /// <summary>The model it serves; <see cref="ModelIdentity.None"/> until one is open.</summary>
    ModelIdentity Model { get; }
}
