using System.Collections.Immutable;
using Evergrain.Engine;

namespace Evergrain.Silo.Lifecycle;

/// <summary>The engine that calls go to, where there is one: for whoever looks at it without taking part in the silo's life. Thread safe.</summary>
internal sealed class ServedEngine
{
    private IInferenceEngine? _engine;

    public IInferenceEngine? Current => Volatile.Read(ref _engine);

    /// <summary>Empty where none is open.</summary>
    public ImmutableArray<DeviceUse> Devices => Current?.Devices ?? [];

    /// <summary>False where another than <paramref name="old"/> is served.</summary>
    public bool TryExchange(IInferenceEngine old, IInferenceEngine engine) => Interlocked.CompareExchange(ref _engine, engine, old) == old;

    /// <returns>The engine before.</returns>
    public IInferenceEngine? Exchange(IInferenceEngine? engine) => Interlocked.Exchange(ref _engine, engine);
}
