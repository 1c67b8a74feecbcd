namespace Evergrain.Engine.Batching;

/// <summary>Share of the last seconds in which a slot was busy. One writer, any number of readers.</summary>
internal sealed class BusyMeter(TimeProvider time)
{
    /// <summary>Time after which the past counts for e⁻¹, in seconds.</summary>
    private const double Memory = 2;

    private State _state = new(0, time.GetTimestamp(), Busy: false);

    /// <summary>0..1, now.</summary>
    public double Share
    {
        get
        {
            var state = Volatile.Read(ref _state);
            var keep = Math.Exp(-time.GetElapsedTime(state.At).TotalSeconds / Memory);
            return (state.Share * keep) + (state.Busy ? 1 - keep : 0);
        }
    }

    public void Set(bool busy) => Volatile.Write(ref _state, new State(Share, time.GetTimestamp(), busy));

    private sealed record State(double Share, long At, bool Busy);
}
