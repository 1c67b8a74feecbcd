using System.Collections.Immutable;
using Evergrain.Grains;

namespace Evergrain.Silo.LoadReports;

/// <summary>Who hears this silo's load reports, and what each of them is told. Thread safe.</summary>
internal sealed partial class LoadReportPublisher(
    IEngineHost host, MembershipView membership, PoisonList poison, TimeProvider time, ILogger<LoadReportPublisher> logger)
{
    /// <summary>A subscriber that does not renew within this time is forgotten.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3);

    /// <summary>The membership view and the refused texts are repeated after this time: pushes are one way and may be lost.</summary>
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<ILoadReportObserver, Subscription> _subscriptions = [];

    public int Subscribers
    {
        get
        {
            lock (_gate) return _subscriptions.Count;
        }
    }

    /// <summary>Starts or renews a subscription.</summary>
    /// <returns>The load now, with the membership view.</returns>
    public LoadReport Subscribe(ILoadReportObserver observer)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (!_subscriptions.TryGetValue(observer, out var subscription))
                _subscriptions.Add(observer, subscription = new());
            subscription.RenewedAt = now;
        }

        return host.CurrentReport() with { Members = membership.Members, Poison = poison.Marks };
    }

    /// <summary>Sends one report to every subscriber. Called by one thread.</summary>
    public void PushAll()
    {
        var report = host.CurrentReport();
        var members = membership.Members;
        var marks = poison.Marks;
        var wholeReport = report with { Members = members, Poison = marks };
        var now = time.GetTimestamp();

        List<(ILoadReportObserver Observer, LoadReport Report)> due = [];
        lock (_gate)
        {
            foreach (var (observer, subscription) in _subscriptions)
            {
                if (time.GetElapsedTime(subscription.RenewedAt, now) > Lifetime)
                {
                    // Removing while enumerating is allowed for Dictionary.Remove.
                    _subscriptions.Remove(observer);
                    continue;
                }

                // The view is swapped whole, so another array is another view.
                var tell = subscription.Members != members || subscription.Marks != marks.Length || time.GetElapsedTime(subscription.ToldAt, now) >= RepeatInterval;
                if (tell) (subscription.Members, subscription.Marks, subscription.ToldAt) = (members, marks.Length, now);
                due.Add((observer, tell ? wholeReport : report));
            }
        }

        foreach (var (observer, news) in due) Push(observer, news);
    }

    /// <summary>One way and not awaited: a dead subscriber costs the others nothing.</summary>
    private void Push(ILoadReportObserver observer, LoadReport report)
    {
        try
        {
            var sent = observer.ReportAsync(report);
            if (!sent.IsCompletedSuccessfully) _ = ObserveAsync(sent);
        }
#pragma warning disable CA1031 // One subscriber's failure, whatever it is, must not keep the report from the next.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.PushFailed(logger, e);
        }
    }

    private async Task ObserveAsync(Task sent)
    {
        try
        {
            await sent;
        }
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.PushFailed(logger, e);
        }
    }

    private sealed class Subscription
    {
        public long RenewedAt { get; set; }

        /// <summary>The view that it was sent last.</summary>
        public ImmutableArray<MemberView> Members { get; set; }

        /// <summary>How many refused texts it was told of.</summary>
        public int Marks { get; set; }

        public long ToldAt { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "A load report did not leave")]
        public static partial void PushFailed(ILogger logger, Exception exception);
    }
}
