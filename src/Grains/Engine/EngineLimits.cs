namespace Evergrain.Engine;

/// <summary>Limits of an engine that may change while it runs.</summary>
public sealed record EngineLimits
{
    /// <summary>Queue limit in predicted wait; for each call also half of the time that it does not need itself.</summary>
    public TimeSpan MaxQueueWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Each session is asked its known answers at least so often. A shorter one counts once the wait in hand is over.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A run of a batch that takes longer has hung.</summary>
    public TimeSpan RunLimit { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>The limits of now, for every engine that was opened with them: swapped whole, read without a lock.</summary>
public sealed class LiveLimits(EngineLimits first)
{
    private EngineLimits _current = first;

    public EngineLimits Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}
