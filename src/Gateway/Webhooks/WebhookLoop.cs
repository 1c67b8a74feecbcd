using System.Collections.Immutable;
using System.Threading.Channels;
using Evergrain.Client.Events;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks;

/// <summary>
/// One webhook's loop: takes events off a bounded queue, waits two seconds for what belongs together, decides what is told and by whom,
/// and sends. Whatever happens here, events and calls go on: the queue loses its oldest.
/// </summary>
internal sealed partial class WebhookLoop(
    WebhookConfig hook, AlertFilter filter, Turns turns, AlertWriter writer, WebhookSender sender, GatewayMetrics metrics, ILogger logger, TimeProvider time)
{
    public const int QueueLength = 256;

    /// <summary>A lost silo is several events: lost, failover, evicted, back. One message tells the story.</summary>
    public static readonly TimeSpan Together = TimeSpan.FromSeconds(2);

    private readonly Channel<ClusterEvent> _queue = Channel.CreateBounded<ClusterEvent>(
        new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => metrics.Webhook("dropped"));

    /// <summary>Events that wait for the next round.</summary>
    internal int Queued => _queue.Reader.Count;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(ClusterEvents events, CancellationToken cancellationToken)
    {
        var following = FollowAsync(events, cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // An alarm that fails must not take the gateway with it.
                Log.Failed(logger, hook, e);
            }
        }

        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FollowAsync(ClusterEvents events, CancellationToken cancellationToken)
    {
        await foreach (var e in events.WatchAsync(0, cancellationToken).ConfigureAwait(false))
        {
            if (AlertClasses.Of(e.Kind) is not null) _queue.Writer.TryWrite(e);
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        if (await WaitAsync(cancellationToken).ConfigureAwait(false)) await Task.Delay(Together, time, cancellationToken).ConfigureAwait(false);
        var events = new List<ClusterEvent>();
        while (_queue.Reader.TryRead(out var e)) events.Add(e);
        var alerts = filter.Take(events);
        var mine = await turns.TakeAsync(alerts, cancellationToken).ConfigureAwait(false);
        foreach (var _ in alerts.Except(mine)) metrics.Webhook("left");
        if (!mine.IsEmpty) await sender.SendAsync(writer.Write(mine), cancellationToken).ConfigureAwait(false);
    }

    /// <returns>True for an event, false where something that waited is due.</returns>
    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        var readable = _queue.Reader.WaitToReadAsync(cancellationToken).AsTask();
        var due = ((ImmutableArray<TimeSpan?>)[filter.UntilDue, turns.UntilLook]).Min();
        if (due is not { } wait) return await readable.ConfigureAwait(false);
        try
        {
            return await readable.WaitAsync(wait, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(43, LogLevel.Error, "Webhook {Hook}: a message could not be made")]
        public static partial void Failed(ILogger logger, WebhookConfig hook, Exception exception);
    }
}
