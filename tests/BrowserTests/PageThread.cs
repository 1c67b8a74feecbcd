using System.Text.Json;
using Microsoft.Playwright;

namespace Evergrain.BrowserTests;

/// <summary>Watches the thread that a page computes and paints on. Processor time, not time: what else the machine does meanwhile, such as answering the page, makes no
/// difference.</summary>
internal sealed class PageThread
{
    private readonly ICDPSession _session;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _longest;

    private PageThread(ICDPSession session)
    {
        _session = session;
        session.Event("Tracing.dataCollected").OnEvent += (_, data) => Look(data!.Value.GetProperty("value"));
        session.Event("Tracing.tracingComplete").OnEvent += (_, _) => _ended.TrySetResult();
    }

    public static async Task<PageThread> WatchAsync(IPage page)
    {
        var watch = new PageThread(await page.Context.NewCDPSessionAsync(page));
        await watch._session.SendAsync("Tracing.start", new() { ["transferMode"] = "ReportEvents", ["categories"] = "-*,disabled-by-default-devtools.timeline" });
        return watch;
    }

    /// <summary>Processor time, in ms, of the longest task since the start: so long no click was heard, on a machine that does nothing else.</summary>
    public async Task<double> LongestTaskAsync()
    {
        await _session.SendAsync("Tracing.end");
        await _ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await _session.DetachAsync();
        return Interlocked.Read(ref _longest) / 1000.0;
    }

    private void Look(JsonElement events)
    {
        foreach (var one in events.EnumerateArray())
        {
            // A process's main thread has the process's number.
            if (one.GetProperty("name").GetString() != "RunTask" || one.GetProperty("pid").GetInt64() != one.GetProperty("tid").GetInt64()) continue;
            if (one.TryGetProperty("tdur", out var microseconds) && microseconds.GetInt64() is var time && time > Interlocked.Read(ref _longest)) Interlocked.Exchange(ref _longest, time);
        }
    }
}
