using Evergrain.WebUI.App.Cluster;
using Evergrain.WebUI.App.Gateways;

namespace Evergrain.UnitTests.WebUI;

/// <summary>How the views of several gateways become one.</summary>
public class ClusterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Timeline_TwoGatewaysSeeTheSame_OneHappening()
    {
        var timeline = new Timeline();
        timeline.Add(Event("gateway-a", 1, "lost", 0));
        timeline.Add(Event("gateway-b", 1, "lost", 0.4));
        Assert.Equal(["gateway-a", "gateway-b"], Assert.Single(timeline.Happenings).SeenBy);
    }

    [Fact]
    public void Timeline_SameEventAgain_NotTwice()
    {
        var timeline = new Timeline();
        Assert.True(timeline.Add(Event("gateway-a", 1, "lost", 0)));
        Assert.False(timeline.Add(Event("gateway-a", 1, "lost", 0)));
        Assert.Single(timeline.Happenings);
    }

    [Fact]
    public void Timeline_LaterOrOtherOrTwiceByOneGateway_HappeningsOfTheirOwnNewestFirst()
    {
        var timeline = new Timeline();
        timeline.Add(Event("gateway-a", 1, "lost", 0));
        timeline.Add(Event("gateway-a", 2, "lost", 1));
        timeline.Add(Event("gateway-b", 1, "joined", 1.5));
        timeline.Add(Event("gateway-b", 2, "joined", 9));
        timeline.Add(Event("gateway-b", 3, "ready", 0.5));
        Assert.Equal([9, 1.5, 1, 0.5, 0], timeline.Happenings.Select(h => (h.First.At - Noon).TotalSeconds));
    }

    [Fact]
    public void Traffic_CountersGrow_RatesAndShares()
    {
        var traffic = new Traffic();
        traffic.Add([View("gateway-a", 1000, 500), View("gateway-b", 0, 0)], TimeSpan.Zero);
        traffic.Add([View("gateway-a", 1030, 510), View("gateway-b", 20, 0)], TimeSpan.FromSeconds(2));
        Assert.Equal((25.0 / 30, 5.0 / 30), (traffic.ShareOfSilo("silo-a"), traffic.ShareOfSilo("silo-b")));
        Assert.Equal(20.0 / 30, traffic.ShareOfGateway("gateway-a"));
        Assert.Equal([0, 25], traffic.OfSilo("silo-a"));
    }

    [Fact]
    public void Traffic_GatewayStartsAnew_ItsSmallerCounterIsNoLoss()
    {
        var traffic = new Traffic();
        traffic.Add([View("gateway-a", 1000, 0)], TimeSpan.Zero);
        traffic.Add([View("gateway-a", 4, 0)], TimeSpan.FromSeconds(1));
        Assert.Equal([0, 4], traffic.OfSilo("silo-a"));
    }

    [Fact]
    public void Traffic_Nobody_NoShare() => Assert.Null(new Traffic().ShareOfSilo("silo-a"));

    [Theory]
    [InlineData(true, false, "ready", "ready", "")]
    [InlineData(true, true, "ready", "ready", "gateway-b")] // only one of the gateways suspects it
    [InlineData(false, false, "draining", "draining", "")]
    [InlineData(false, false, "failed", "failed", "")]
    public void SiloSummary_ViewsDiffer_TheBestOfThem(bool serves, bool secondSuspects, string said, string state, string cutOff)
    {
        var views = new[]
        {
            new ClusterView { Gateway = "gateway-a", Silos = [new SiloView { Name = "s", Connected = true, State = said }] },
            new ClusterView { Gateway = "gateway-b", Silos = [new SiloView { Name = "s", Connected = true, State = said, Suspect = secondSuspects }] },
        };
        var silo = Assert.Single(SiloSummary.Of(views));
        Assert.Equal((serves, state, cutOff), (silo.By["gateway-a"].Serves, silo.State, string.Join(' ', silo.CutOff)));
    }

    [Fact]
    public void SiloSummary_NobodyReachesIt_Lost()
        => Assert.Equal("lost", SiloSummary.Of([new ClusterView { Gateway = "g", Silos = [new SiloView { Name = "s", State = "ready" }] }]).Single().State);

    private static ClusterEvent Event(string gateway, int number, string kind, double seconds)
        => new() { Id = $"{gateway}:0:{number}", At = Noon.AddSeconds(seconds), Kind = kind, Silo = "silo-a", BootId = 1, Gateway = gateway };

    private static ClusterView View(string gateway, long first, long second) => new()
    {
        Gateway = gateway,
        Silos = [new SiloView { Name = "silo-a", AnsweredToThisGateway = first }, new SiloView { Name = "silo-b", AnsweredToThisGateway = second }],
    };
}
