using System.Numerics;

namespace Evergrain.Engine;

/// <summary>
/// How the cores that a session has are cut up. A core that computes a batch by itself waits for no other: many slots of one thread answer more texts
/// a second than one slot of many threads, the more so the smaller the model. But a text alone is then computed by one core, so a slot has as many
/// threads as it takes not to be noticed.
/// </summary>
public static class SlotPlan
{
    /// <summary>What a batch of this size computes with stays in a core's own cache; one of 4,096 has left it and is a fifth slower, and whoever comes next waits for it
    /// (bench: sessions).</summary>
    private const int CpuBatchTokens = 256;

    /// <summary>Slots of a CUDA device: while one batch is computed, the texts of the next are gathered and the answers of the last handed out
    /// (bench: throughput --device; on an H200 one slot left a quarter to a third of the runtime's own speed on the table).</summary>
    public const int CudaSlots = 2;

    private const int LeastCudaBatchTokens = 4096;
    private const int MostCudaBatchTokens = 16384;

    /// <summary>What a CUDA device computes within this at the rate of its first, small batch fits into a batch. A device wants to be filled, but whoever comes next
    /// waits for it.</summary>
    private static readonly TimeSpan CudaBatch = TimeSpan.FromMilliseconds(40);

    /// <summary>Within this a text of <see cref="TextTokens"/> tokens shall be answered.</summary>
    public static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(150);

    /// <summary>Tokens of the text that is tried, a review of some length.</summary>
    public const int TextTokens = 64;

    /// <summary>Threads of a slot, a power of two or all cores.</summary>
    /// <param name="oneThread">Time of the text on one thread.</param>
    /// <param name="cores">Cores of the session.</param>
    public static int Threads(TimeSpan oneThread, int cores)
    {
        var needed = Math.Clamp(oneThread / Quick, 1, cores);
        return Math.Min(cores, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Ceiling(needed)));
    }

    /// <summary>Budget of a batch, padded tokens; on a CUDA device until its speed is known.</summary>
    public static int BatchTokens(bool cpu) => cpu ? CpuBatchTokens : LeastCudaBatchTokens;

    /// <summary>Budget of a batch on a CUDA device, padded tokens, a power of two.</summary>
    /// <param name="rate">Tokens a second of its first batch.</param>
    public static int CudaBatchTokens(double rate) => (int)BitOperations.RoundUpToPowerOf2(
        (uint)Math.Clamp(rate * CudaBatch.TotalSeconds, LeastCudaBatchTokens, MostCudaBatchTokens));

    /// <summary>Slots of a CPU session.</summary>
    public static int Slots(int cores, int threads) => Math.Max(1, cores / threads);
}
