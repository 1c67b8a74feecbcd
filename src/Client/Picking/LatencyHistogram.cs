namespace Evergrain.Client.Picking;

/// <summary>The 99th percentile of about the last 500 values, within 10 %. Bins grow geometrically; instead of letting old values fade,
/// each new one weighs a little more.</summary>
internal sealed class LatencyHistogram
{
    private const double Least = 0.0005;
    private const double Growth = 1.1;
    private const int Bins = 128; // 0.5 ms × 1.1¹²⁷ = 90 s

    /// <summary>A value weighs e⁻¹ of the newest when 500 more have come.</summary>
    private const double WeightGrowth = 1 + (1.0 / 500);
    private const double HeaviestWeight = 1e12;

    /// <summary>Fewer say nothing of one in a hundred.</summary>
    private const int LeastValues = 50;
    private const int Every = 8;

    private static readonly double LogGrowth = Math.Log(Growth);

    private readonly Lock _lock = new();
    private readonly double[] _bins = new double[Bins];
    private double _total;
    private double _weight = 1;
    // Long: a busy silo takes a thousand million calls in days.
    private long _values;
    private double _p99;

    /// <summary>Seconds; 0 while too few values have come.</summary>
    public double P99 => Volatile.Read(ref _p99);

    /// <returns>True where the percentile was computed anew.</returns>
    public bool Add(double seconds)
    {
        lock (_lock)
        {
            var bin = seconds <= Least ? 0 : Math.Min(Bins - 1, (int)Math.Ceiling(Math.Log(seconds / Least) / LogGrowth));
            _bins[bin] += _weight;
            _total += _weight;
            _weight *= WeightGrowth;
            if (_weight > HeaviestWeight) Rescale();
            if (++_values < LeastValues || _values % Every != 0) return false;
            Volatile.Write(ref _p99, Percentile(0.99));
            return true;
        }
    }

    private double Percentile(double share)
    {
        // From the top: the tail is short.
        var above = _total * (1 - share);
        for (var bin = Bins - 1; bin > 0; bin--)
        {
            above -= _bins[bin];
            if (above < 0) return Least * Math.Pow(Growth, bin);
        }

        return Least;
    }

    private void Rescale()
    {
        for (var i = 0; i < Bins; i++) _bins[i] /= _weight;
        _total /= _weight;
        _weight = 1;
    }
}
