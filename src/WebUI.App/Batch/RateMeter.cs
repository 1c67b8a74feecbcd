namespace Evergrain.WebUI.App.Batch;

/// <summary>Rows a second over the last seconds.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(8);

    private readonly Queue<(long At, int Rows)> _samples = new();
    private long _began = time.GetTimestamp();
    private int _sum;

    public void Add(int rows)
    {
        _samples.Enqueue((time.GetTimestamp(), rows));
        _sum += rows;
    }

    /// <summary>After a pause, which is no slowness.</summary>
    public void Restart()
    {
        _samples.Clear();
        _sum = 0;
        _began = time.GetTimestamp();
    }

    public double PerSecond
    {
        get
        {
            while (_samples.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) > Window) _sum -= _samples.Dequeue().Rows;
            var span = time.GetElapsedTime(_began) is var all && all < Window ? all : Window;
            return span > TimeSpan.Zero ? _sum / span.TotalSeconds : 0;
        }
    }
}
