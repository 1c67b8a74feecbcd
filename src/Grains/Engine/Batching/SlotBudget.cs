namespace Evergrain.Engine.Batching;

/// <summary>What a slot's batches may hold now: less, for a minute, after the device had no memory for one. Used by one thread.</summary>
internal sealed class SlotBudget(BatchBudget full, TimeProvider time)
{
    /// <summary>Batches do not get smaller than this: a text of some length has to fit.</summary>
    private const int Least = 64;

    private static readonly TimeSpan For = TimeSpan.FromMinutes(1);

    private int _tokens = full.Tokens;
    private long _shrunk;

    public BatchBudget Current
    {
        get
        {
            if (_tokens < full.Tokens && time.GetElapsedTime(_shrunk) >= For) _tokens = full.Tokens;
            return full with { Tokens = _tokens };
        }
    }

    /// <summary>Halves it.</summary>
    public void Shrink() => (_tokens, _shrunk) = (Math.Min(full.Tokens, Math.Max(Least, _tokens / 2)), time.GetTimestamp());
}
