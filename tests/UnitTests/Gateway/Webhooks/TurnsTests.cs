using System.Collections.Immutable;
using Evergrain.Client.Events;
using Evergrain.Gateway.Cluster;
using Evergrain.Gateway.Webhooks;
using Evergrain.Hosting.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Gateway.Webhooks;

/// <summary>gateway-b decides; gateway-a stands before it in the YAML.</summary>
public class TurnsTests
{
    private readonly FakeTimeProvider _time = new(Alerts.Noon);
    private readonly FakeNeighbours _neighbours = new();
    private readonly Turns _turns;

    public TurnsTests() => _turns = new Turns(_neighbours, _time);

    /// <summary>What gateway-a shows, as "kind silo age-in-seconds"; whether gateway-b tells that silo-a was lost 2 s ago.</summary>
    public static TheoryData<string?, bool> Timelines => new()
    {
        { null, true }, // no answer
        { "joined silo-a 2", true },
        { "lost silo-b 2", true },
        { "failed silo-a 2", true },
        { "ready silo-a 2", true },
        { "lost silo-a 40", true },
        { "lost silo-a 2", false },
        { "lost silo-a 0", false },
        { "suspected silo-a 4", false }, // the same class
        { "joined silo-a 9, evicted silo-a 1", false },
    };

    [Theory]
    [MemberData(nameof(Timelines))]
    public async Task Take_Lost_LeftOnlyToOneThatShowsIt(string? timeline, bool mine)
    {
        _time.Advance(TimeSpan.FromSeconds(2));
        _neighbours.Shows("gateway-a:1", timeline);

        Assert.Equal(mine, (await TakeAsync(Lost)).Length == 1);
    }

    [Fact]
    public async Task Take_LeftAndTheOtherLives_NothingIsToldTwice()
    {
        _neighbours.Shows("gateway-a:1", "lost silo-a 0");
        Assert.Empty(await TakeAsync(Lost));

        _time.Advance(_turns.UntilLook!.Value);

        Assert.Empty(await TakeAsync());
        Assert.Null(_turns.UntilLook);
    }

    [Theory]
    [InlineData(null)] // died
    [InlineData("gateway-a:2")] // died and is back
    public async Task Take_LeftAndTheOtherDies_ToldAfterAll(string? stamp)
    {
        _neighbours.Shows("gateway-a:1", "lost silo-a 0");
        Assert.Empty(await TakeAsync(Lost));
        _neighbours.Shows(stamp ?? "", stamp is null ? null : "joined silo-a 5");

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(await TakeAsync());
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(ClusterEventKind.Lost, Assert.Single(await TakeAsync()).Event.Kind);
    }

    /// <summary>Who told of the fault, which start of gateway-a shows the end, and whether gateway-b tells of the end.</summary>
    [Theory]
    [InlineData(true, "gateway-a:1", true)] // this one owes it, whatever gateway-a shows
    [InlineData(false, "gateway-a:1", false)]
    [InlineData(false, "gateway-a:2", true)] // gateway-a started anew and knows of no fault
    [InlineData(false, null, true)]
    public async Task Take_AllClear_FromWhoeverToldOfTheFault(bool toldHere, string? stamp, bool mine)
    {
        _neighbours.Shows("gateway-a:1", toldHere ? null : "lost silo-a 0");
        Assert.Equal(toldHere ? 1 : 0, (await TakeAsync(Lost)).Length);
        _neighbours.Shows(stamp ?? "", stamp is null ? null : "ready silo-a 0");

        var alerts = await TakeAsync(new Alert { Event = Alerts.Event(ClusterEventKind.Ready), Class = AlertClass.SiloBack, Closes = [AlertClass.SiloLost] });

        Assert.Equal(mine, alerts.Length == 1);
    }

    [Fact]
    public async Task Take_Nothing_AsksNobody()
    {
        Assert.Empty(await TakeAsync());
        Assert.Equal(0, _neighbours.Asked);
    }

    [Theory]
    [InlineData("gateway-a", "")]
    [InlineData("gateway-b", "gateway-a http://127.0.0.1:81/")]
    [InlineData("gateway-d", "gateway-a http://10.0.0.9:81/, gateway-b http://10.0.0.1:82/, gateway-c http://127.0.0.1:83/")]
    public void Earlier_Gateway_ThoseBeforeItAtAddressesOfTheirOwn(string self, string earlier)
    {
        var config = ConfigLoader.Parse("""
            gateways:
              - { name: gateway-a, node: n1, listen: [http://0.0.0.0:80, http://0.0.0.0:81], public: http://10.0.0.9:81, insecure: true }
              - { name: gateway-b, node: n1, listen: [http://0.0.0.0:80, http://127.0.0.1:84, http://10.0.0.1:82], insecure: true }
              - { name: gateway-c, node: n2, listen: [http://0.0.0.0:83], insecure: true }
              - { name: gateway-d, node: n2, listen: [http://127.0.0.1:85] }
            """, "/x/evergrain.yaml");

        Assert.Equal(earlier, string.Join(", ", Neighbours.Earlier(config, self).Select(g => $"{g.Name} {g.Address}")));
    }

    private static Alert Lost => new() { Event = Alerts.Event(ClusterEventKind.Lost), Class = AlertClass.SiloLost };

    private Task<ImmutableArray<Alert>> TakeAsync(params ImmutableArray<Alert> alerts) => _turns.TakeAsync(alerts, TestContext.Current.CancellationToken);

    internal sealed class FakeNeighbours : INeighbours
    {
        private ImmutableArray<NeighbourTimeline> _timelines = [];

        public int Asked { get; private set; }

        public void Shows(string stamp, string? timeline) => _timelines = timeline is null ? [] :
        [
            new NeighbourTimeline(stamp, [.. timeline.Split(", ").Select(e => e.Split(' ')).Select(e => (
                new EventAnswer { Id = stamp + ":1", At = default, Kind = e[0], Silo = e[1], BootId = 7, Cause = "", Evidence = "", InFlight = 0, Gateway = "gateway-a" },
                TimeSpan.FromSeconds(int.Parse(e[2], null))))]),
        ];

        public Task<ImmutableArray<NeighbourTimeline>> AskAsync(CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(_timelines);
        }
    }
}
