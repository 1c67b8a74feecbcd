namespace Evergrain.Client.Picking;

/// <summary>
/// How much later than predicted a silo answers: the median of its last answers, halving every two seconds without news, so
/// that a silo that was slow is asked again. A median, not an average: one cold first call of 300 ms left an average so high that
/// an idle, healthy silo got nothing for ten seconds.
/// </summary>
internal sealed class LagEstimate(TimeProvider time)
{
    private const int Answers = 5;

    /// <summary>A larger call says nothing of the link: what it takes longer than predicted grows with its size, which is the drain
    /// rate's business. Chunks of one bulk call made a silo look slow to the small calls that came after it.</summary>
    private const long MostTokens = 256;

    /// <summary>A failure alone decides the median.</summary>
    private const int FailureWeight = Answers / 2 + 1;

    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly double[] _seconds = new double[Answers];
    private int _next;
    private double _median;
    private long _at = time.GetTimestamp();

    public TimeSpan Current
    {
        get
        {
            lock (_lock) return TimeSpan.FromSeconds(Decayed(_median));
        }
    }

    /// <summary>An answer took <paramref name="observed"/> where <paramref name="predicted"/> (lag left out) was expected.</summary>
    public void Observe(TimeSpan observed, TimeSpan predicted, long tokens)
    {
        if (tokens <= MostTokens) Add(observed - predicted, 1);
    }

    /// <summary>An attempt failed; it counts as one that took all of its <paramref name="limit"/>: who fails fast must not look
    /// fast.</summary>
    public void ObserveFailure(TimeSpan limit, long tokens)
    {
        if (tokens <= MostTokens) Add(limit, FailureWeight);
    }

    /// <summary>Forgets: the silo was started anew.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            Array.Clear(_seconds);
            _median = 0;
        }
    }

    private void Add(TimeSpan lag, int weight)
    {
        lock (_lock)
        {
            // What is remembered has aged as well.
            var keep = Decayed(1);
            for (var i = 0; i < Answers; i++) _seconds[i] *= keep;
            // Being early is no credit for later: the estimate only ever adds.
            for (var i = 0; i < weight; i++) _seconds[_next++ % Answers] = Math.Max(0, lag.TotalSeconds);
            Span<double> sorted = stackalloc double[Answers];
            _seconds.CopyTo(sorted);
            sorted.Sort();
            _median = sorted[Answers / 2];
            _at = time.GetTimestamp();
        }
    }

    private double Decayed(double value) => value * Math.Pow(0.5, time.GetElapsedTime(_at) / HalfLife);
}
