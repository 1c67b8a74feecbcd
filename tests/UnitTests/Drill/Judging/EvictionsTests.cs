using System.Globalization;
using Evergrain.Cli.Drill.Judging;

namespace Evergrain.UnitTests.Drill.Judging;

public class EvictionsTests
{
    private const string Missed = "Did not get response for probe #21 to silo \\\"S198.18.0.2:11111:154533336\\\" after 00:00:00.5080252. Current number of consecutive failed probes is 1";
    private const string Dead = "Member \\\"silo-a\\\" boot 154533336 is \\\"dead\\\" (gateway \\\"198.18.0.2\\\":30000)";

    private static readonly DateTimeOffset Cut = new(2030, 1, 1, 0, 0, 10, TimeSpan.Zero);

    [Fact]
    public void Of_ProbesMissedThenDead_NamesBoth()
    {
        var found = Assert.Single(Evictions.Of([Line(11, Missed), Line(12, Missed), Line(13, Dead), Line(14, Dead)], "silo-b", Cut));
        Assert.Equal(new Eviction("silo-b", "silo-a", 154533336, Cut.AddSeconds(3), 2), found);
    }

    [Fact]
    public void Of_WithoutMissedProbes_ItOnlyHeardOfIt() => Assert.Empty(Evictions.Of([Line(13, Dead)], "silo-b", Cut));

    [Fact]
    public void Of_ItsOwnDeath_IsNoEvictionByIt() => Assert.Empty(Evictions.Of([Line(11, Missed), Line(13, Dead)], "silo-a", Cut));

    [Fact]
    public void Of_BeforeTheCut_DoesNotCount() => Assert.Empty(Evictions.Of([Line(8, Missed), Line(9, Dead)], "silo-b", Cut));

    [Fact]
    public void Of_ProbesOfAnotherBoot_DoNotCount()
        => Assert.Empty(Evictions.Of([Line(11, Missed.Replace("154533336", "154533337", StringComparison.Ordinal)), Line(13, Dead)], "silo-b", Cut));

    [Fact]
    public void Of_BrokenLines_AreLeftOut() => Assert.Single(Evictions.Of(["{\"@t\":\"20", "", Line(11, Missed), "[]", Line(13, Dead)], "silo-b", Cut));

    private static string Line(int second, string message)
        => string.Create(CultureInfo.InvariantCulture, $"{{\"@t\":\"2030-01-01T00:00:{second:00}.0000000Z\",\"@m\":\"{message}\",\"@l\":\"Warning\"}}");
}
