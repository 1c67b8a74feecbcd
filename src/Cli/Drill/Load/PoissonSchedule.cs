namespace Evergrain.Cli.Drill.Load;

/// <summary>Arrivals of many callers who know nothing of each other: the times between them are exponential.</summary>
internal sealed class PoissonSchedule(double perSecond, int seed)
{
    // Arrivals must repeat with their seed; nobody could gain from guessing them.
#pragma warning disable CA5394
    private readonly Random _random = new(seed);

    /// <summary>Time from the last arrival to the next.</summary>
    public TimeSpan Next() => TimeSpan.FromSeconds(-Math.Log(1 - _random.NextDouble()) / perSecond);

    /// <summary>A number from 0 to below <paramref name="count"/>.</summary>
    public int Pick(int count) => _random.Next(count);
#pragma warning restore CA5394
}
