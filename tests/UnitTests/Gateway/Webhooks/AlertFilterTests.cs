using Evergrain.Client.Events;
using Evergrain.Gateway.Webhooks;
using Evergrain.Hosting.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Gateway.Webhooks;

/// <summary>Stories: at which second what happens to which boot of silo-a, and what is told.</summary>
public class AlertFilterTests
{
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMinutes(10);

    public static TheoryData<string, string> Stories => new()
    {
        // A fault is told, and its end.
        { "0 Lost, 20 Joined, 25 Ready", "0 Lost, 25 Ready" },
        { "0 Suspected, 3 Trusted", "0 Suspected, 3 Trusted" },
        { "0 Ejected, 4 Readmitted", "0 Ejected, 4 Readmitted" },
        { "0 DatabaseLost, 90 DatabaseBack", "0 DatabaseLost, 90 DatabaseBack" },
        { "0 Failed, 1 Lost, 9 Ready", "0 Failed, 1 Lost, 9 Ready" },
        { "0 MemoryFull, 40 MemoryFree", "0 MemoryFull, 40 MemoryFree" },
        { "0 Hot, 5 Cool, 9 MemoryFree", "" },
        // What is well from the start, or was never told, has no all-clear.
        { "0 Joined, 1 Ready, 5 Trusted, 6 Readmitted, 7 DatabaseBack", "" },
        { "0 Ejected, 3 Trusted", "0 Ejected" },
        { "0 Failover, 1 Ready", "0 Failover" },
        // The same trouble further on is one message, the same trouble ten minutes on another.
        { "0 Suspected, 3 Evicted, 5 Lost", "0 Suspected" },
        { "0 Suspected, 599 Lost", "0 Suspected" },
        { "0 Suspected, 600 Lost", "0 Suspected, 600 Lost" },
        { "0 Suspected+Evicted+Lost", "0 Suspected, 0 Evicted, 0 Lost" },
        // A fault that comes again too early is told late if it stays, and not at all if it went.
        { "0 Lost, 5 Ready, 60 Lost", "0 Lost, 5 Ready, 600 Lost" },
        { "0 Lost, 5 Ready, 60 Lost, 62 Evicted, 620 Ready", "0 Lost, 5 Ready, 600 Lost, 620 Ready" },
        { "0 Lost, 5 Ready, 60 Lost, 65 Ready", "0 Lost, 5 Ready" },
        { "0 Lost, 5 Ready, 60 Lost, 65 Ready, 70 Lost, 75 Ready, 900 Lost", "0 Lost, 5 Ready, 900 Lost(2)" },
        { "0 Lost, 5 Ready, 60 Lost, 65 Ready, 70 Lost", "0 Lost, 5 Ready, 600 Lost(1)" },
        { "0 PoisonRefused, 5 PoisonRefused, 6 PoisonRefused, 601 PoisonRefused", "0 PoisonRefused, 601 PoisonRefused(2)" },
        // A silo that said goodbye is not lost when it goes; its next start is.
        { "0 Draining, 5 Left, 6 Evicted, 20 Ready/8, 40 Lost/8", "0 Draining, 20 Ready/8, 40 Lost/8" },
        { "0 Draining, 5 Lost, 20 Ready/8", "0 Draining, 20 Ready/8" },
        { "0 Draining, 5 Lost(3), 20 Ready/8", "0 Draining, 5 Lost, 20 Ready/8" }, // with three calls
        { "0 Draining, 9 Ready, 12 Lost", "0 Draining, 9 Ready, 12 Lost" },
    };

    [Theory]
    [MemberData(nameof(Stories))]
    public void Take_Story_IsTold(string story, string told)
    {
        var time = new FakeTimeProvider(Alerts.Noon);
        var filter = new AlertFilter([.. Enum.GetValues<AlertClass>()], RepeatAfter, time);
        var heard = new List<string>();
        foreach (var step in story.Split(", "))
        {
            var (at, events) = (TimeSpan.FromSeconds(int.Parse(step.Split(' ')[0], null)), step.Split(' ')[1].Split('+'));
            RunUntil(at);
            Hear(filter.Take(events.Select(Parse)));
        }

        RunUntil(TimeSpan.FromHours(1));
        Assert.Equal(told, string.Join(", ", heard));

        void RunUntil(TimeSpan at)
        {
            while (filter.UntilDue is { } due && time.GetUtcNow() + due <= Alerts.Noon + at)
            {
                time.Advance(due);
                Hear(filter.Take([]));
            }

            time.Advance(Alerts.Noon + at - time.GetUtcNow());
        }

        void Hear(IEnumerable<Alert> alerts)
            => heard.AddRange(alerts.Select(a => $"{(time.GetUtcNow() - Alerts.Noon).TotalSeconds:0} {a.Event.Kind}"
                + (a.Event.BootId == 7 ? "" : $"/{a.Event.BootId}") + (a.Untold > 0 ? $"({a.Untold})" : "")));
    }

    [Fact]
    public void Take_OtherSilo_IsToldByItself()
    {
        var filter = new AlertFilter(WebhookConfig.DefaultEvents, RepeatAfter, new FakeTimeProvider());

        Assert.Single(filter.Take([Alerts.Event(ClusterEventKind.Lost)]));
        Assert.Equal("silo-b", Assert.Single(filter.Take([Alerts.Event(ClusterEventKind.Lost, "silo-b")])).Event.Silo);
    }

    [Fact]
    public void Take_ClassesNobodyAskedFor_AreNotTold()
    {
        var filter = new AlertFilter([AlertClass.SiloLost], RepeatAfter, new FakeTimeProvider());

        Assert.Empty(filter.Take([Alerts.Event(ClusterEventKind.Ejected), Alerts.Event(ClusterEventKind.Failed), Alerts.Event(ClusterEventKind.Failover)]));
        Assert.Single(filter.Take([Alerts.Event(ClusterEventKind.Lost)]));
        Assert.Empty(filter.Take([Alerts.Event(ClusterEventKind.Ready)]));
    }

    [Fact]
    public void Kinds_All_AreInAClassOrNamedHere()
        => Assert.Equal(
            [
                ClusterEventKind.Joined, ClusterEventKind.Starting, ClusterEventKind.Left, ClusterEventKind.Hot, ClusterEventKind.Cool,
                ClusterEventKind.ModelsDiffer, ClusterEventKind.ModelsAgree,
            ],
            Enum.GetValues<ClusterEventKind>().Where(k => AlertClasses.Of(k) is null));

    /// <summary>"Kind", "Kind/boot" or "Kind(calls)".</summary>
    private static ClusterEvent Parse(string text)
    {
        var parts = text.Split('/', '(', ')');
        return Alerts.Event(Enum.Parse<ClusterEventKind>(parts[0]),
            boot: text.Contains('/', StringComparison.Ordinal) ? int.Parse(parts[1], null) : 7,
            inFlight: text.Contains('(', StringComparison.Ordinal) ? int.Parse(parts[1], null) : 0);
    }
}
