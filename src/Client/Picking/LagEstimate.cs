namespace Evergrain.Client.Picking;

/// <summary>
/// How much later than predicted a silo answers. Usually the median of its last five answers: with an average, one cold first call of
/// 300 ms left an idle, healthy silo without work for ten seconds. But where two of its last ten were late (a link that loses packets,
/// a processor that is taken away every now and then) the median sees nothing: then the longest late one counts, until ten in a row were in
/// time. A silo with a lag gets few calls or none, so its channel asks it now and then (<see cref="NeedsNews"/>): callers need not find
/// out.
/// </summary>
internal sealed class LagEstimate(TimeProvider time)
{
    private const int Answers = 10;
    private const int MedianOf = 5;

    /// <summary>So many late ones of the last ten are no accident. Equal silos have one in a hundred.</summary>
    private const int LateOnes = 2;

    /// <summary>A larger call says nothing of the link: what it takes longer than predicted grows with its size, which is the drain
    /// rate's business. Chunks of one bulk call made a silo look slow to the small calls that came after it.</summary>
    private const long MostTokens = 256;

    /// <summary>A failure alone decides the median.</summary>
    private const int FailureWeight = MedianOf / 2 + 1;

    /// <summary>Less than this changes no decision.</summary>
    private const double Nothing = 0.0001;

    /// <summary>Only for a silo that cannot be asked: its news of long ago say little.</summary>
    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(10);

    /// <summary>A lag that decides: silos within it of each other are a tie.</summary>
    private static readonly TimeSpan Decisive = TimeSpan.FromMilliseconds(2);

    // Per tick of the clock, so that the hot path neither asks the clock for its frequency nor divides.
    private readonly double _decay = Math.Log(2) / (HalfLife.TotalSeconds * time.TimestampFrequency);

    private readonly Lock _lock = new();
    private readonly double[] _seconds = new double[Answers];
    private readonly bool[] _late = new bool[Answers];
    private int _next;
    private bool _tail;

    // Swapped whole: the hot path reads it without the lock.
    private Estimate _estimate = new(0, time.GetTimestamp());

    /// <param name="now">Timestamp.</param>
    public TimeSpan At(long now)
    {
        var estimate = Volatile.Read(ref _estimate);
        return estimate.Seconds < Nothing ? TimeSpan.Zero : TimeSpan.FromSeconds(estimate.Seconds * Keep(estimate.At, now));
    }

    /// <summary>Its lag keeps calls away, so nobody would notice that it has gone.</summary>
    /// <param name="now">Timestamp.</param>
    public bool NeedsNews(long now) => At(now) > Decisive;

    /// <summary>An answer took <paramref name="observed"/> where <paramref name="predicted"/> (lag left out) was expected.</summary>
    /// <param name="observed">Time until the answer, or so far where another silo's came first.</param>
    /// <param name="predicted">Time that was predicted.</param>
    /// <param name="tokens">Estimated tokens of the call.</param>
    /// <param name="late">Later than 99 of 100 calls of its length on the fastest silo.</param>
    public void Observe(TimeSpan observed, TimeSpan predicted, long tokens, bool late)
    {
        if (tokens <= MostTokens) Add(observed - predicted, late, 1);
    }

    /// <summary>An attempt failed; it counts as one that took all of its <paramref name="limit"/>: who fails fast must not look
    /// fast.</summary>
    public void ObserveFailure(TimeSpan limit, long tokens)
    {
        if (tokens <= MostTokens) Add(limit, late: true, FailureWeight);
    }

    /// <summary>Forgets: the silo was started anew.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            Array.Clear(_seconds);
            Array.Clear(_late);
            _tail = false;
            Volatile.Write(ref _estimate, new Estimate(0, time.GetTimestamp()));
        }
    }

    private void Add(TimeSpan lag, bool late, int weight)
    {
        lock (_lock)
        {
            // What is remembered has aged as well.
            var now = time.GetTimestamp();
            var keep = Keep(_estimate.At, now);
            for (var i = 0; i < Answers; i++) _seconds[i] *= keep;
            for (var i = 0; i < weight; i++)
            {
                // Being early is no credit for later: the estimate only ever adds.
                _seconds[_next] = Math.Max(0, lag.TotalSeconds);
                _late[_next] = late;
                _next = (_next + 1) % Answers;
            }

            Volatile.Write(ref _estimate, new Estimate(Evaluate(), now));
        }
    }

    private double Evaluate()
    {
        Span<double> sorted = stackalloc double[Answers];
        for (var i = 0; i < MedianOf; i++) sorted[i] = _seconds[(_next - 1 - i + Answers) % Answers];
        sorted[..MedianOf].Sort();
        var median = sorted[MedianOf / 2];
        var late = _late.AsSpan().Count(true);
        _tail = late >= LateOnes || (_tail && late > 0);
        if (!_tail) return median;

        var longest = median;
        for (var i = 0; i < Answers; i++)
        {
            if (_late[i]) longest = Math.Max(longest, _seconds[i]);
        }

        return longest;
    }

    private double Keep(long since, long now) => Math.Exp((since - now) * _decay);

    private sealed record Estimate(double Seconds, long At);
}
