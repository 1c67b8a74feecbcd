using System.Diagnostics;

namespace Evergrain.Engine.Batching;

/// <summary>A batch serves calls of many traces: each of them gets a span of it, and the same evergrain.batch in all says that they rode together.</summary>
internal static class BatchSpan
{
    private static readonly ActivitySource Source = new("Evergrain.Engine");

    private static long _last;

    /// <param name="batch">What ran.</param>
    /// <param name="device">Where.</param>
    /// <param name="started">Timestamp of its start.</param>
    /// <param name="time">The clock.</param>
    public static void Record(List<WorkItem> batch, string device, long started, TimeProvider time)
    {
        if (!Source.HasListeners() || !batch.Exists(item => item.Call.Trace != default)) return;
        var (ran, end, number) = (time.GetElapsedTime(started), time.GetUtcNow(), Interlocked.Increment(ref _last));
        var (longest, tokens) = (batch.Max(item => item.Ids.Length), batch.Sum(item => item.Ids.Length));
        foreach (var call in batch.Select(item => item.Call).Where(call => call.Trace != default).Distinct())
        {
            using var span = Source.StartActivity("evergrain.batch", ActivityKind.Internal, call.Trace, startTime: end - ran);
            if (span is null) continue;
            span.SetTag("evergrain.batch", number);
            span.SetTag("evergrain.device", device);
            span.SetTag("evergrain.texts", batch.Count);
            span.SetTag("evergrain.texts.own", batch.Count(item => item.Call == call));
            span.SetTag("evergrain.tokens", tokens);
            span.SetTag("evergrain.tokens.padded", longest * batch.Count);
            span.SetTag("evergrain.queued_ms", time.GetElapsedTime(call.Enqueued, started).TotalMilliseconds);
            span.SetEndTime(end.UtcDateTime);
        }
    }
}
