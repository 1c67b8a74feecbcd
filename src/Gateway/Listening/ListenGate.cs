namespace Evergrain.Gateway.Listening;

/// <summary>Opens once, when the gateway is ready, and closes once, when it drains.</summary>
internal sealed class ListenGate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource<Exception> _faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Opened => _opened.Task;

    public Task Closed => _closed.Task;

    /// <summary>Completes when an address could not be opened after all.</summary>
    public Task<Exception> Faulted => _faulted.Task;

    public void Open() => _opened.TrySetResult();

    public void Close() => _closed.TrySetResult();

    public void Fault(Exception cause) => _faulted.TrySetResult(cause);
}
