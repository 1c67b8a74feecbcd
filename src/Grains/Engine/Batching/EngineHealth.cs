namespace Evergrain.Engine.Batching;

/// <summary>Whether the engine's devices can be believed. Once one cannot, none of its answers leaves any more: the silo goes, and others answer. Thread safe.</summary>
internal sealed class EngineHealth
{
    // Asynchronous continuations: a failure is set on a slot's thread.
    private readonly TaskCompletionSource<EngineFailure> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EngineFailure? _failure;

    /// <summary>Null while all is well.</summary>
    public EngineFailure? Failure => Volatile.Read(ref _failure);

    public Task<EngineFailure> Ended => _ended.Task;

    /// <summary>Raised once, on the thread that noticed.</summary>
    public event Action? Failed;

    /// <summary>The first failure counts.</summary>
    public void Fail(EngineFailure failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null) return;
        Failed?.Invoke();
        _ended.SetResult(failure);
    }
}
