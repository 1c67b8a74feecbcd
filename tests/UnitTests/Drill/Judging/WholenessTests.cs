using Evergrain.Cli.Drill.Judging;

namespace Evergrain.UnitTests.Drill.Judging;

public class WholenessTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", true)] // nobody speaks of it
    [InlineData("a ready 1", true)]
    [InlineData("a ready 1, a suspected 1", false)]
    [InlineData("a ready 1, a suspected 1, a trusted 1", true)]
    [InlineData("a ready 1, b ready 1, b lost 1", false)]
    [InlineData("a ready 1, a suspected 1, a evicted 1, a trusted 1", false)] // it is dead and does not know it yet
    [InlineData("a ready 1, b ready 1, b evicted 1", false)] // one gateway knows it
    [InlineData("a ready 1, a evicted 1, a lost 1, a ready 2", true)] // another start of it
    [InlineData("a ready 1, a evicted 1, a lost 1, a ready 2, a failover 1", true)]
    public void TakesCalls_LastWordOfEachGateway_AndNoDeadStart(string words, bool expected)
    {
        List<GatewayEvent> events = [.. words.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select((word, i) =>
        {
            var parts = word.Split(' ');
            return new GatewayEvent
            {
                Id = $"{i}", At = Start.AddSeconds(i), Silo = "silo-a", Gateway = parts[0], Kind = parts[1], BootId = parts[2][0] - '0',
            };
        })];
        Assert.Equal(expected, Wholeness.TakesCalls(events, "silo-a"));
    }
}
