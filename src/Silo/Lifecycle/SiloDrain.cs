using Evergrain.Hosting;

namespace Evergrain.Silo.Lifecycle;

/// <summary>
/// Sees a drain through that was announced. For the time of two load reports the silo still takes calls: those that are on the wire
/// are answered, and no client has to send one again. Then it refuses, and waits for the calls inside.
/// </summary>
internal sealed class SiloDrain(EngineHost host, ProcessIdentity identity, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Two intervals, so that a channel that missed the first report hears the second.</summary>
    private TimeSpan Announcement => identity.Config.Routing.ReportInterval * 2;

    /// <returns>True once no call is inside and none can enter; false where there still is one after <paramref name="limit"/>, or the
    /// drain was taken back.</returns>
    /// <exception cref="OperationCanceledException">Cancelled first.</exception>
    public async Task<bool> FinishAsync(TimeSpan limit, CancellationToken cancellationToken = default)
    {
        var began = time.GetTimestamp();
        var drain = host.Condition;
        if (drain.TakesCalls)
        {
            await Task.Delay(Announcement, time, cancellationToken);
            host.Close(drain);
        }

        while (!host.Condition.TakesCalls)
        {
            // Read after the silo was closed: see EngineHost.TryEnter.
            if (host.Calls == 0) return true;
            if (time.GetElapsedTime(began) >= limit) return false;
            await Task.Delay(Look, time, cancellationToken);
        }

        return false;
    }
}
