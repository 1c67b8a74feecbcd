namespace Evergrain.Cli.Drill;

/// <summary>Times within a scenario count from its start; events of other processes of this machine are brought to the same scale.</summary>
internal sealed class ScenarioClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public TimeProvider Time => time;

    /// <summary>Since the start of the scenario.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);

    public TimeSpan Of(DateTimeOffset at) => at - _startedAt;

    public DateTimeOffset ToUtc(TimeSpan at) => _startedAt + at;

    public Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken)
        => delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;

    /// <summary>Looks every 50 ms until <paramref name="condition"/> holds.</summary>
    /// <returns>How long it took; null where it did not within <paramref name="limit"/>.</returns>
    public async Task<TimeSpan?> UntilAsync(Func<Task<bool>> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = Now;
        while (!await condition())
        {
            if (Now - start >= limit)
                return null;
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
        }
        return Now - start;
    }

    public Task<TimeSpan?> UntilAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellationToken)
        => UntilAsync(() => Task.FromResult(condition()), limit, cancellationToken);
}
