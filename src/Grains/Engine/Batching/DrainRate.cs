namespace Evergrain.Engine.Batching;

/// <summary>Tokens per second of busy time, of a slot: over all, and by the length of the texts. One writer, any number of readers.</summary>
internal sealed class DrainRate(double first)
{
    private readonly FadingRate _all = new(first, FadingRate.Memory);
    private readonly FadingRate?[] _byLength = new FadingRate?[LengthBucket.Count];

    /// <summary>Tokens per second of what came lately, padding not counted.</summary>
    public double Current => _all.Current;

    /// <summary>The same for texts of one <see cref="LengthBucket"/>; until it has met one, <see cref="Current"/>.</summary>
    public double Of(int bucket) => Volatile.Read(ref _byLength[bucket])?.Current ?? Current;

    /// <summary>Learns from a batch.</summary>
    /// <param name="longest">Tokens of its longest text.</param>
    /// <param name="tokens">Tokens of all.</param>
    /// <param name="busy">How long it ran.</param>
    public void Add(int longest, int tokens, TimeSpan busy)
    {
        if (busy <= TimeSpan.Zero) return;
        var bucket = LengthBucket.Of(longest);
        var rate = _byLength[bucket] ?? new FadingRate(Current, FadingRate.Doubt);
        rate.Add(tokens, busy.TotalSeconds);
        Volatile.Write(ref _byLength[bucket], rate);
        _all.Add(tokens, busy.TotalSeconds);
    }

    /// <summary>Two fading sums instead of a fading average of rates: a batch weighs as much as the time it took.</summary>
    private sealed class FadingRate(double first, double seconds)
    {
        /// <summary>Busy time after which a measurement counts for e⁻¹.</summary>
        public const double Memory = 5;

        /// <summary>Busy time for which a guess counts.</summary>
        public const double Doubt = 0.1;

        private double _tokens = first * seconds;
        private double _seconds = seconds;
        private double _current = first;

        public double Current => Volatile.Read(ref _current);

        public void Add(int tokens, double busy)
        {
            var keep = Math.Exp(-busy / Memory);
            _tokens = (_tokens * keep) + tokens;
            _seconds = (_seconds * keep) + busy;
            Volatile.Write(ref _current, _tokens / _seconds);
        }
    }
}
