namespace Evergrain.Client.Dispatching;

/// <summary>Sends one call to the cluster.</summary>
internal interface IDispatcher
{
    /// <param name="request">Texts and lane; its time left is set anew for each attempt.</param>
    /// <param name="model">Hash of the model that is to answer, where silos that serve it can; null for any.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    Task<DispatchResult> SendAsync(PredictRequest request, string? model, CancellationToken cancellationToken);
}
