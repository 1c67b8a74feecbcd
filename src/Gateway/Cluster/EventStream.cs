using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Evergrain.Client.Events;

namespace Evergrain.Gateway.Cluster;

/// <summary>
/// Writes the timeline as Server-Sent Events: the kept events, then each new one. By hand and not with
/// TypedResults.ServerSentEvents, which has no comments to keep a silent stream open with.
/// </summary>
internal sealed class EventStream(ClusterEvents events, EventIds ids, TimeProvider time)
{
    /// <summary>Proxies close a connection that is silent for longer, nginx after 60 s.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>Writes until <paramref name="stop"/>; returns then, with nothing half written.</summary>
    /// <param name="body">Where to.</param>
    /// <param name="after">Number of the last event that the reader has.</param>
    /// <param name="stop">The reader left, or the gateway drains.</param>
    /// <exception cref="OperationCanceledException">Stopped while the reader took nothing: the rest of the answer cannot be sent.</exception>
    public async Task WriteAsync(PipeWriter body, long after, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var timer = new PeriodicTimer(Heartbeat, time);
        var source = events.WatchAsync(after, ending.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = source.MoveNextAsync().AsTask();
        var beat = timer.WaitForNextTickAsync(ending.Token).AsTask();
        try
        {
            // Sent at once, so that the reader sees an open stream though nothing happens.
            Write(body, "retry: 1000\n\n");
            while (true)
            {
                // Kept events come in one go; one flush does for all of them.
                if (!next.IsCompleted) await body.FlushAsync(stop).ConfigureAwait(false);
                await Task.WhenAny(next, beat).ConfigureAwait(false);
                if (stop.IsCancellationRequested) break;
                if (next.IsCompleted)
                {
                    if (!await next.ConfigureAwait(false)) break;
                    Write(body, source.Current);
                    next = source.MoveNextAsync().AsTask();
                }
                else
                {
                    await beat.ConfigureAwait(false);
                    Write(body, ": still here\n\n");
                    beat = timer.WaitForNextTickAsync(ending.Token).AsTask();
                }
            }
        }
        finally
        {
            // An enumerator must not be disposed while it moves.
            await ending.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Write(PipeWriter body, ClusterEvent e)
    {
        var answer = ids.ToAnswer(e);
        Write(body, $"id: {answer.Id}\nevent: {answer.Kind}\ndata: ");
        body.Write(JsonSerializer.SerializeToUtf8Bytes(answer, ClusterJson.Default.EventAnswer));
        Write(body, "\n\n");
    }

    private static void Write(PipeWriter body, string text) => Encoding.UTF8.GetBytes(text, body);
}
