using Evergrain.Client;

namespace Evergrain.Gateway;

/// <summary>Whether this gateway takes work, and how many requests it holds.</summary>
internal sealed class GatewayState(EvergrainClient client) : IDisposable
{
    private readonly CancellationTokenSource _drain = new();
    private int _inFlight;

    public bool Draining => _drain.IsCancellationRequested;

    /// <summary>Cancelled when the gateway drains: what would go on for ever ends then.</summary>
    public CancellationToken DrainStarted => _drain.Token;

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A prediction asked now would reach a silo.</summary>
    public bool Ready => !Draining && client.IsServing;

    public Task BeginDrainAsync() => _drain.CancelAsync();

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave() => Interlocked.Decrement(ref _inFlight);

    public void Dispose() => _drain.Dispose();
}
