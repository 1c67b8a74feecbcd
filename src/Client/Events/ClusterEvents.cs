using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Evergrain.Client.Events;

/// <summary>
/// The cluster's timeline as this client sees it: the last thousand events, and whoever watches for more. Each event is also a line
/// in the log. Thread safe; publishing never waits for a watcher.
/// </summary>
public sealed partial class ClusterEvents
{
    private const int Kept = 1000;

    /// <summary>A watcher that is further behind than this loses the oldest; the ids show the gap.</summary>
    private const int WatcherBuffer = 1000;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private ImmutableList<ClusterEvent> _events = [];
    private ImmutableArray<Channel<ClusterEvent>> _watchers = [];
    private long _lastId;

    internal ClusterEvents(ILogger<ClusterEvents> logger, TimeProvider time) => (_logger, _time) = (logger, time);

    /// <summary>The kept events, oldest first.</summary>
    public ImmutableList<ClusterEvent> Recent => Volatile.Read(ref _events);

    /// <summary>The kept events after <paramref name="afterId"/> (0 for all), then each new one as it happens, until cancelled.</summary>
    public async IAsyncEnumerable<ClusterEvent> WatchAsync(long afterId = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var watcher = Channel.CreateBounded<ClusterEvent>(
            new BoundedChannelOptions(WatcherBuffer) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        ImmutableList<ClusterEvent> past;
        lock (_lock)
        {
            past = _events;
            _watchers = _watchers.Add(watcher);
        }

        try
        {
            foreach (var old in past)
            {
                if (old.Id > afterId) yield return old;
            }

            await foreach (var news in watcher.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return news;
        }
        finally
        {
            lock (_lock) _watchers = _watchers.Remove(watcher);
        }
    }

    /// <param name="kind">What happened.</param>
    /// <param name="silo">Whose event it is.</param>
    /// <param name="bootId">Which start of it.</param>
    /// <param name="cause">Why, in a few words.</param>
    /// <param name="evidence">What was seen.</param>
    /// <param name="inFlight">Calls in flight there.</param>
    /// <param name="at">When it happened; null: now.</param>
    internal void Publish(
        ClusterEventKind kind, string silo, int bootId, string cause, string evidence = "", int inFlight = 0, DateTimeOffset? at = null)
    {
        ClusterEvent news;
        lock (_lock)
        {
            news = new ClusterEvent
            {
                Id = ++_lastId,
                At = at ?? _time.GetUtcNow(),
                Kind = kind,
                Silo = silo,
                BootId = bootId,
                Cause = cause,
                Evidence = evidence,
                InFlight = inFlight,
            };
            _events = (_events.Count < Kept ? _events : _events.RemoveAt(0)).Add(news);
            // Under the lock, so that each watcher sees the ids in their order. It never waits.
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(news);
        }

        var level = kind is ClusterEventKind.Lost or ClusterEventKind.Suspected or ClusterEventKind.Ejected or ClusterEventKind.Failed
            or ClusterEventKind.Evicted or ClusterEventKind.PoisonRefused or ClusterEventKind.DatabaseLost or ClusterEventKind.MemoryFull
            or ClusterEventKind.ModelsDiffer ? LogLevel.Warning : LogLevel.Information;
        Log.Event(_logger, level, silo, kind, cause, evidence, bootId, inFlight);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 30, Message = "{Silo} {What}: {Cause}; {Evidence} (boot {BootId}, {InFlight} calls in flight)")]
        public static partial void Event(
            ILogger logger, LogLevel level, string silo, ClusterEventKind what, string cause, string evidence, int bootId, int inFlight);
    }
}
