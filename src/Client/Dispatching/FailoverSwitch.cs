namespace Evergrain.Client.Dispatching;

/// <summary>With failover or without, as it is wished when a call begins.</summary>
internal sealed class FailoverSwitch(IDispatcher with, IDispatcher without, Func<bool> wished) : IDispatcher
{
    public Task<DispatchResult> SendAsync(PredictRequest request, string? model, CancellationToken cancellationToken)
        => (wished() ? with : without).SendAsync(request, model, cancellationToken);
}
