using System.Collections.Immutable;

namespace Evergrain.Engine;

/// <summary>
/// The model of one silo: tokenizer, queue, device slots. Thread safe; one per process. Opened with
/// <see cref="InferenceEngine.OpenAsync"/>, which answers only after the known answers were right.
/// </summary>
public interface IInferenceEngine : IAsyncDisposable
{
    /// <summary>Which model it serves.</summary>
    ModelIdentity Model { get; }

    /// <summary>What computes: "cpu: 2 slots of 1 thread".</summary>
    string Plan { get; }

    /// <summary>Load now; cheap, never blocks.</summary>
    EngineLoad Load { get; }

    /// <summary>Each device's part in it.</summary>
    ImmutableArray<DeviceUse> Devices { get; }

    /// <summary>Ends when a device has failed: wrong known answers, or a run that does not return. From then on every call fails with
    /// <see cref="EngineFailedException"/>. Never faulted.</summary>
    Task<EngineFailure> Failed { get; }

    /// <summary>Answers each text, in order.</summary>
    /// <param name="texts">Texts, not blank.</param>
    /// <param name="timeLeft">The caller's time from now on; work still queued after it is dropped.</param>
    /// <param name="lane">Interactive goes before bulk.</param>
    /// <param name="cancellationToken">The caller's; cancelled work is dropped from the queue.</param>
    /// <returns>One result per text: a prediction, or the error of that text alone (deadline passed, session threw).</returns>
    /// <exception cref="EngineOverloadedException">The predicted wait is over the limit.</exception>
    /// <exception cref="EngineFailedException">A device has failed; nothing of the call was answered.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    Task<EngineAnswer> PredictAsync(
        ImmutableArray<string> texts, TimeSpan timeLeft, Lane lane, CancellationToken cancellationToken = default);
}

/// <summary>Results and where the time went.</summary>
public sealed record EngineAnswer(ImmutableArray<TextResult> Results, Timings Timings);

/// <summary>The engine's part of a load report; units as in <see cref="LoadReport"/>.</summary>
public readonly record struct EngineLoad
{
    public long QueuedTokens { get; init; }

    public int InFlight { get; init; }

    public double DrainRate { get; init; }

    public TimeSpan RestOfBatch { get; init; }

    /// <summary>Padded tokens that run at the same time at most: a batch of each slot.</summary>
    public int BatchTokens { get; init; }

    /// <summary>Share of the last seconds in which the slots' threads were busy, 0..1.</summary>
    public double BusyShare { get; init; }
}

/// <summary>One device of an engine.</summary>
/// <param name="Device">As the configuration writes it.</param>
/// <param name="BusyShare">Share of the last seconds in which its slots' threads were busy, 0..1.</param>
/// <param name="Slots">Batches at the same time.</param>
/// <param name="Threads">Intra-op threads of each.</param>
public readonly record struct DeviceUse(string Device, double BusyShare, int Slots, int Threads);

/// <summary>The end of an engine.</summary>
/// <param name="Device">Which device, as the configuration writes it.</param>
/// <param name="Reason">What was seen; names no text of a caller.</param>
public sealed record EngineFailure(string Device, string Reason);

/// <summary>A device failed.</summary>
/// <param name="failure">Which and why.</param>
/// <param name="running">True where the call was in the batch that it failed on: it may be the cause.</param>
public sealed class EngineFailedException(EngineFailure failure, bool running) : Exception($"The device {failure.Device} failed: {failure.Reason}")
{
    public EngineFailure Failure { get; } = failure;

    /// <summary>True where the call was in the batch that the device failed on.</summary>
    public bool Running { get; } = running;
}

/// <summary>The queue's predicted wait is over its limit.</summary>
public sealed class EngineOverloadedException(TimeSpan retryAfter)
    : Exception($"The queue is full; room is predicted in {retryAfter.TotalMilliseconds:F0} ms.")
{
    /// <summary>Predicted time until there is room.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>A model package or device cannot serve; the message says what and where.</summary>
public sealed class ModelRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How to open an engine.</summary>
public sealed record EngineOptions
{
    /// <summary>Folder of the model package.</summary>
    public required string ModelPath { get; init; }

    /// <summary>"cpu", "cuda:0" …; one session each.</summary>
    public ImmutableArray<string> Devices { get; init; } = ["cpu"];

    /// <summary>Processor cores that the CPU's sessions share, at least 1.</summary>
    public int Cores { get; init; } = 1;

    /// <summary>Intra-op threads of a slot; 0: as few as answer a text quickly (see <see cref="SlotPlan"/>).</summary>
    public int Threads { get; init; }

    /// <summary>Slots of a session, each with a batch of its own at the same time; 0: as many as there are cores for, one on a CUDA device.</summary>
    public int Slots { get; init; }

    /// <summary>Budget of a batch in padded tokens (longest × count); 0: what suits the device (see <see cref="SlotPlan"/>).</summary>
    public int BatchTokens { get; init; }

    /// <summary>What may change while the engine runs.</summary>
    public LiveLimits Limits { get; init; } = new(new EngineLimits());

    /// <summary>Where every device stays out after failures: serve from the CPU, slowly, instead of not at all.</summary>
    public bool CpuFallback { get; init; }

    /// <summary>Bytes that the runtime's arena may take of each CUDA device; 0: all that it wants.</summary>
    public long CudaMemory { get; init; }
}
