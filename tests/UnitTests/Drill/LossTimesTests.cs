using Evergrain.Cli.Drill.Judging;

namespace Evergrain.UnitTests.Drill;

/// <summary>Events as "gateway kind ms", of silo-a unless another is named; the fault is made at 0.</summary>
public sealed class LossTimesTests
{
    private static readonly DateTimeOffset Injected = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, string[], double?[]> Truth => new()
    {
        // detected, rerouted, evicted, back
        { "no event", [], [null, null, null, null] },
        { "one of two noticed", ["a lost 40", "a failover 60"], [null, null, null, null] },
        { "the later of both counts", ["a lost 40", "a failover 60", "b lost 35", "b failover 90"], [40, 90, null, null] },
        { "nothing in flight: rerouted when noticed", ["a lost 40", "b lost 50"], [50, 50, null, null] },
        { "suspicion is detection", ["a suspected 620", "b suspected 640", "a lost 10000"], [640, 640, null, null] },
        { "a silo that says it has failed", ["a failed 900", "b failed 910", "a lost 1500", "b lost 1500", "a ready 5000", "b ready 5100"], [910, 910, null, 5100] },
        { "the last failover of the loss", ["a lost 40", "b lost 40", "a failover 50", "a failover 200"], [40, 200, null, null] },
        { "evicted as the first one hears", ["a lost 40", "b lost 40", "a evicted 1400", "b evicted 1300"], [40, 40, 1300, null] },
        { "back when both give it calls", ["a lost 40", "b lost 40", "a ready 3000", "b ready 3500"], [40, 40, null, 3500] },
        { "a failover after its return is another loss", ["a lost 40", "b lost 40", "a ready 3000", "b ready 3000", "a failover 9000"], [40, 40, null, 3000] },
        { "what was before does not count", ["a lost -100", "b lost -100", "a ready -50"], [null, null, null, null] },
        { "another silo's events do not count", ["a lost 40 silo-b", "b lost 40 silo-b"], [null, null, null, null] },
    };

    [Theory]
    [MemberData(nameof(Truth))]
    public void Of_Events_Times(string why, string[] events, double?[] expected)
    {
        var times = LossTimes.Of([.. events.Select(Event)], ["a", "b"], "silo-a", Injected);
        var found = new[] { times.Detected, times.Rerouted, times.Evicted, times.Back }.Select(t => t?.TotalMilliseconds);
        Assert.True(found.SequenceEqual(expected), $"{why}: {string.Join(' ', found.Select(f => f is { } ms ? $"{ms}" : "none"))}");
    }

    private static GatewayEvent Event(string text)
    {
        var words = text.Split(' ');
        return new GatewayEvent
        {
            Id = text,
            Gateway = words[0],
            Kind = words[1],
            At = Injected.AddMilliseconds(double.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture)),
            Silo = words.Length > 3 ? words[3] : "silo-a",
        };
    }
}
