namespace Evergrain.Engine.Batching;

/// <summary>Tokens per second of busy time, of a slot. One writer, any number of readers.</summary>
internal sealed class DrainRate(double first)
{
    /// <summary>Busy time after which a measurement counts for e⁻¹.</summary>
    private const double Memory = 5;

    // Two fading sums instead of a fading average of rates: a batch weighs as much as the time it took.
    private double _tokens = first * Memory;
    private double _seconds = Memory;
    private double _current = first;

    /// <summary>Tokens per second, padding not counted.</summary>
    public double Current => Volatile.Read(ref _current);

    public void Add(int tokens, TimeSpan busy)
    {
        if (busy <= TimeSpan.Zero) return;
        var keep = Math.Exp(-busy.TotalSeconds / Memory);
        _tokens = (_tokens * keep) + tokens;
        _seconds = (_seconds * keep) + busy.TotalSeconds;
        Volatile.Write(ref _current, _tokens / _seconds);
    }
}
