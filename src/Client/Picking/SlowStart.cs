namespace Evergrain.Client.Picking;

/// <summary>
/// A silo that comes back gets its share over ten seconds: its caches are cold and its code is not compiled to the end, and whatever took
/// it away may do so again.
/// </summary>
internal sealed class SlowStart(TimeProvider time)
{
    private const double Least = 0.1;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    // In ticks of the clock: this is read for every silo before every call.
    private readonly double _length = Length.TotalSeconds * time.TimestampFrequency;

    // 0: away.
    private long _since;

    /// <summary>It takes calls (again).</summary>
    public void Begin() => Interlocked.CompareExchange(ref _since, Math.Max(1, time.GetTimestamp()), 0);

    /// <summary>It takes none.</summary>
    public void Leave() => Interlocked.Exchange(ref _since, 0);

    /// <summary>After every change: <see cref="Begin"/> where it takes calls, else <see cref="Leave"/>.</summary>
    /// <param name="silo">The silo as it is now.</param>
    /// <param name="anew">It took calls, but hardly got any: it comes back all the same.</param>
    public void Follow(in Candidate silo, bool anew = false)
    {
        var eligible = PickPolicy.IsEligible(silo);
        if (anew || !eligible) Leave();
        if (eligible) Begin();
    }

    /// <summary>The part of its share, 0.1 to 1.</summary>
    /// <param name="now">Timestamp.</param>
    public double At(long now)
    {
        var since = Volatile.Read(ref _since);
        return since == 0 ? Least : Math.Clamp((now - since) / _length, Least, 1);
    }
}
