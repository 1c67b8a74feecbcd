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
        while (true)
        {
            var asked = watch.Elapsed;
            if (await condition()) return watch.Elapsed;
            Assert.True(watch.Elapsed < limit, $"not within {limit.TotalSeconds} s: {what}\n{state?.Invoke()}");
            // To ask may take a process of its own; it must not take the CPU time from what it asks about.
            var took = watch.Elapsed - asked;
            await Task.Delay(took > Step ? took : Step);
        }
    }

    public static Task<TimeSpan> UntilAsync(Func<bool> condition, TimeSpan limit, string what, Func<string>? state = null)
        => UntilAsync(() => Task.FromResult(condition()), limit, what, state);
}
