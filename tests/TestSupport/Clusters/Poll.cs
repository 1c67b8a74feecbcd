using System.Diagnostics;

namespace Evergrain.TestSupport;

/// <summary>Waits for something that another process does, bounded in time.</summary>
internal static class Poll
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns how long it took until <paramref name="condition"/> held; fails after <paramref name="limit"/>.</summary>
    public static async Task<TimeSpan> UntilAsync(Func<Task<bool>> condition, TimeSpan limit, string what, Func<string>? state = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < limit, $"not within {limit.TotalSeconds} s: {what}\n{state?.Invoke()}");
            await Task.Delay(Step);
        }

        return watch.Elapsed;
    }

    public static Task<TimeSpan> UntilAsync(Func<bool> condition, TimeSpan limit, string what, Func<string>? state = null)
        => UntilAsync(() => Task.FromResult(condition()), limit, what, state);
}
