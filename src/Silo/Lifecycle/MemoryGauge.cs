namespace Evergrain.Silo.Lifecycle;

/// <summary>The process's share of the memory that it may use (the machine's or the container's), measured once a second: a report
/// rides on every reply and must stay cheap.</summary>
internal sealed class MemoryGauge(TimeProvider time)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    private Sample? _sample;

    /// <summary>0..1.</summary>
    public double Share
    {
        get
        {
            var sample = Volatile.Read(ref _sample);
            if (sample is not null && time.GetElapsedTime(sample.At) < Age) return sample.Share;

            // Two threads may both measure; either value will do.
            var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            var share = available > 0 ? Math.Clamp((double)Environment.WorkingSet / available, 0, 1) : 0;
            Volatile.Write(ref _sample, new(time.GetTimestamp(), share));
            return share;
        }
    }

    private sealed record Sample(long At, double Share);
}
