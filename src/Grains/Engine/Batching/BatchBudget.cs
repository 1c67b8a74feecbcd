namespace Evergrain.Engine.Batching;

/// <summary>How large a batch may become.</summary>
/// <param name="Tokens">Padded tokens: longest × count.</param>
/// <param name="Padding">Most padding, as a share of the real tokens.</param>
internal readonly record struct BatchBudget(int Tokens, double Padding)
{
    /// <summary>A batch gains little over one text after the other, and padding is computed like any token: with a quarter the batches were slower than
    /// single texts, with a twentieth they are faster.</summary>
    private const double CpuPadding = 0.05;

    /// <summary>A device that is half idle computes padding for nothing.</summary>
    private const double CudaPadding = 0.5;

    /// <param name="cpu">True for a CPU, false for a CUDA device.</param>
    /// <param name="tokens">Padded tokens; 0: what suits the device.</param>
    public static BatchBudget For(bool cpu, int tokens) => new(tokens > 0 ? tokens : SlotPlan.BatchTokens(cpu), cpu ? CpuPadding : CudaPadding);
}
