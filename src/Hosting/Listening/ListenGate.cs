namespace Evergrain.Hosting.Listening;

/// <summary>Opens once, when the process is ready, and closes once, when it drains.</summary>
public sealed class ListenGate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource<Exception> _faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Opened => _opened.Task;

    public Task Closed => _closed.Task;

    /// <summary>Completes when an address could not be opened after all.</summary>
    public Task<Exception> Faulted => _faulted.Task;

    /// <summary>Opens the shared addresses.</summary>
    public void Open() => _opened.TrySetResult();

    /// <summary>Closes every address; open connections go on.</summary>
    public void Close() => _closed.TrySetResult();

    internal void Fault(Exception cause) => _faulted.TrySetResult(cause);
}
