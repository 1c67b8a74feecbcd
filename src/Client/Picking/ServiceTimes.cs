using System.Collections.Immutable;
using System.Numerics;

namespace Evergrain.Client.Picking;

/// <summary>
/// How long calls of each length take once it is their turn: the 99th percentile on the silo that is best at it, so that a slow silo
/// does not set the measure by which it is judged. Lengths are grouped by powers of two.
/// </summary>
internal sealed class ServiceTimes
{
    private const int Buckets = 16;

    private readonly Lock _lock = new();
    private readonly double[] _best = new double[Buckets];
    private ImmutableArray<SiloServiceTimes> _silos = [];

    /// <summary>99th percentile for this length; null while too few calls were seen.</summary>
    public TimeSpan? P99(long tokens)
        => Volatile.Read(ref _best[BucketOf(tokens)]) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Takes part in the comparison until it is removed.</summary>
    public SiloServiceTimes Add()
    {
        lock (_lock)
        {
            var silo = new SiloServiceTimes(this);
            _silos = _silos.Add(silo);
            return silo;
        }
    }

    public void Remove(SiloServiceTimes silo)
    {
        lock (_lock) _silos = _silos.Remove(silo);
        for (var bucket = 0; bucket < Buckets; bucket++) Compare(bucket);
    }

    internal static int BucketOf(long tokens) => Math.Min(BitOperations.Log2((ulong)Math.Max(tokens, 1)), Buckets - 1);

    /// <summary>Takes the best silo's value anew.</summary>
    internal void Compare(int bucket)
    {
        lock (_lock)
        {
            var best = 0.0;
            foreach (var silo in _silos)
            {
                if (silo.P99(bucket) is > 0 and var seconds && (best == 0 || seconds < best)) best = seconds;
            }

            Volatile.Write(ref _best[bucket], best);
        }
    }

    /// <summary>One silo's part.</summary>
    internal sealed class SiloServiceTimes(ServiceTimes all)
    {
        private readonly LatencyHistogram?[] _histograms = new LatencyHistogram?[Buckets];

        /// <summary>A call was answered <paramref name="service"/> after its turn had come.</summary>
        public void Add(long tokens, TimeSpan service)
        {
            var bucket = BucketOf(tokens);
            var histogram = Volatile.Read(ref _histograms[bucket]);
            if (histogram is null)
            {
                Interlocked.CompareExchange(ref _histograms[bucket], new LatencyHistogram(), null);
                histogram = _histograms[bucket]!;
            }

            if (histogram.Add(service.TotalSeconds)) all.Compare(bucket);
        }

        /// <summary>Forgets: the silo was started anew.</summary>
        public void Reset() => Array.Clear(_histograms);

        internal double P99(int bucket) => Volatile.Read(ref _histograms[bucket])?.P99 ?? 0;
    }
}
