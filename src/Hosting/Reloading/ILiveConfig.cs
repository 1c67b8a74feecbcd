using Evergrain.Hosting.Configuration;

namespace Evergrain.Hosting.Reloading;

/// <summary>A process's part in a reload.</summary>
public interface ILiveConfig
{
    /// <summary>What the process runs with by now, where something else than a reload changed it: the model, for one.</summary>
    EvergrainConfig Correct(EvergrainConfig running) => running;

    /// <summary>Takes over what may change while the process runs; the next request sees all of it.</summary>
    void Apply(EvergrainConfig config);
}
