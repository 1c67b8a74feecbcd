using Evergrain.Client.Picking;

namespace Evergrain.UnitTests.Client.Picking;

/// <summary>The share of a silo that comes back.</summary>
public class PickPolicySlowStartTests
{
    private const int Batch = 4096;

    private static Candidate Warm { get; } = new() { Connected = true, State = SiloState.Ready, DrainRate = 1000 };

    /// <summary>Answers first by far, so that it is picked unless it is passed over.</summary>
    private static Candidate Cold(double warmth) => Warm with { Warmth = warmth, DrainRate = 100_000 };

    [Theory]
    [InlineData(0.1, 0.05, 1)]
    [InlineData(0.1, 0.15, 0)] // passed over
    [InlineData(0.5, 0.49, 1)]
    [InlineData(0.5, 0.5, 1)]
    [InlineData(0.5, 0.51, 0)]
    [InlineData(0.99, 0.98, 1)]
    [InlineData(0.99, 0.995, 0)]
    [InlineData(1, 0.999, 1)]
    public void Choose_Draw_PassesOverWhatIsColder(double warmth, double draw, int expected)
        => Assert.Equal(expected, PickPolicy.Choose([Warm, Cold(warmth)], 500, Batch, new Draws(draw)).Index);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(1)]
    public void Choose_ManyDraws_ShareIsItsWarmthOfAnEqualPart(double warmth)
    {
        var random = new Random(3);
        var picked = 0;
        for (var i = 0; i < 20_000; i++)
        {
            if (PickPolicy.Choose([Warm, Warm with { Warmth = warmth }], 10, Batch, random).Index == 1) picked++;
        }

        Assert.InRange(picked / 20_000.0, warmth / 2 * 0.9, warmth / 2 * 1.1);
    }

    [Fact]
    public void Choose_AllEquallyCold_NobodyIsPassedOver()
    {
        var pick = PickPolicy.Choose([Cold(0.1), Warm with { Warmth = 0.1 }], 500, Batch, new Draws(0.999));
        Assert.Equal((0, 0.0), (pick.Index, pick.WarmthLine));
    }

    [Fact]
    public void Choose_NobodyIsFullyWarm_WarmestIsTheMeasure()
    {
        // A draw of 0.6 is 0.3 of the warmest one's 0.5.
        var pick = PickPolicy.Choose([Warm with { Warmth = 0.5 }, Cold(0.4)], 500, Batch, new Draws(0.6));
        Assert.Equal((1, 0.3), (pick.Index, pick.WarmthLine));
    }

    [Theory]
    [InlineData("suspect")]
    [InlineData("tried")]
    [InlineData("queue long")]
    public void Choose_WarmOneCannotBeAsked_ColdOneIsNotPassedOver(string warm)
    {
        var away = warm switch
        {
            "suspect" => Warm with { Suspect = true },
            "tried" => Warm with { Tried = true },
            _ => Warm with { QueuedTokens = 7000 },
        };
        var pick = PickPolicy.Choose([away, Cold(0.1)], 500, Batch, new Draws(0.999));
        Assert.Equal((1, PickReason.EarliestFinish), (pick.Index, pick.Reason));
    }

    [Fact]
    public void Choose_FailOpen_WarmthDoesNotCount()
    {
        var pick = PickPolicy.Choose([Warm with { Suspect = true }, Cold(0.1) with { Suspect = true }], 500, Batch, new Draws(0.999));
        Assert.Equal((1, PickReason.FailOpen), (pick.Index, pick.Reason));
    }

    /// <summary>Draws what it is told.</summary>
    private sealed class Draws(double draw) : Random
    {
        public override double NextDouble() => draw;

        public override int Next(int maxValue) => 0;
    }
}
