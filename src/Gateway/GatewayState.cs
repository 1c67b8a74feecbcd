using Evergrain.Client;

namespace Evergrain.Gateway;

/// <summary>Whether this gateway takes work, and how many requests it holds.</summary>
internal sealed class GatewayState(EvergrainClient client)
{
    private int _inFlight;
    private volatile bool _draining;

    public bool Draining => _draining;

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A prediction asked now would reach a silo.</summary>
    public bool Ready => !_draining && client.IsServing;

    public void BeginDrain() => _draining = true;

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave() => Interlocked.Decrement(ref _inFlight);
}
