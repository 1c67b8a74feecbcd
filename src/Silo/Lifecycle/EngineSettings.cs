using Evergrain.Engine;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Silo.Lifecycle;

/// <summary>Opens an engine; a delegate so that another can stand in for <see cref="InferenceEngine.OpenAsync"/>.</summary>
internal delegate Task<IInferenceEngine> OpenEngine(EngineOptions options, TimeProvider time, CancellationToken cancellationToken);

/// <summary>From the YAML to the engine's options.</summary>
internal static class EngineSettings
{
    public static EngineOptions For(EvergrainConfig config, SiloConfig silo, int cores) => new()
    {
        ModelPath = config.Model.Path,
        Devices = InferenceEngine.DevicesOf(silo.Devices),
        Cores = Math.Max(1, cores / config.Silos.Count(other => other.Node == silo.Node)),
        Threads = config.Engine.Threads,
        Slots = config.Engine.Slots,
        BatchTokens = config.Engine.BatchTokens,
        Limits = new(LimitsOf(config)),
        CpuFallback = config.Engine.CpuFallback,
        CudaMemory = (long)config.Engine.CudaMemoryMib << 20,
    };

    public static EngineLimits LimitsOf(EvergrainConfig config) => new()
    {
        MaxQueueWait = config.Engine.MaxQueueWait,
        ProbeInterval = config.Engine.ProbeInterval,
        RunLimit = config.Engine.RunLimit,
    };
}
