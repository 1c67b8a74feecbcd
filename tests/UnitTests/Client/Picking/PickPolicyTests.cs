using Evergrain.Client.Picking;

namespace Evergrain.UnitTests.Client.Picking;

/// <summary>The truth table of the pick policy.</summary>
public class PickPolicyTests
{
    private const int Batch = 4096;

    private static Candidate Good { get; } = new() { Connected = true, State = SiloState.Ready, DrainRate = 1000 };

    public static TheoryData<string, int, string> Table => new()
    {
        // Eligibility: the first candidate is out, the second good.
        { "not connected", 1, "EarliestFinish" },
        { "suspect", 1, "EarliestFinish" },
        { "starting", 1, "EarliestFinish" },
        { "draining", 1, "EarliestFinish" },
        { "failed", 1, "EarliestFinish" },
        { "ejected", 1, "EarliestFinish" },
        { "declared dead", 1, "EarliestFinish" },
        { "memory full", 1, "EarliestFinish" },
        { "tried", 1, "EarliestFinish" },
        { "longer queue", 1, "EarliestFinish" },
        { "unacknowledged", 1, "EarliestFinish" },
        { "long batch running", 1, "EarliestFinish" },
        { "slow link", 1, "EarliestFinish" },
        { "slow device", 1, "EarliestFinish" },
        { "diverted", 1, "EarliestFinish" },
        { "queue over 1.5 budgets", 1, "EarliestFinish" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Choose_FirstIsWorse_TakesSecond(string fault, int expected, string reason)
        => Assert.Equal((expected, reason), Choose(Worse(fault), Good));

    [Theory]
    [InlineData("suspect")]
    [InlineData("ejected")]
    [InlineData("memory full")]
    public void Choose_OnlyForgivable_FailsOpen(string fault)
        => Assert.Equal((0, "FailOpen"), Choose(Worse(fault), Worse("failed")));

    [Theory]
    [InlineData("not connected")]
    [InlineData("starting")]
    [InlineData("draining")]
    [InlineData("failed")]
    [InlineData("declared dead")]
    [InlineData("tried")]
    public void Choose_OnlyUnforgivable_NoSilo(string fault)
        => Assert.Equal((-1, "NoSilo"), Choose(Worse(fault), Worse(fault)));

    [Fact]
    public void Choose_NoSilos_NoSilo() => Assert.Equal((-1, "NoSilo"), Choose());

    [Fact]
    public void Choose_AllHotByQueue_FewestQueued()
        => Assert.Equal((1, "FewestQueued"), Choose(Good with { QueuedTokens = 9000 }, Good with { QueuedTokens = 8000, DrainRate = 1 }));

    [Fact]
    public void Choose_AllDiverted_FewestQueued()
        => Assert.Equal((1, "FewestQueued"), Choose(
            Good with { Diverted = true, QueuedTokens = 500 }, Good with { Diverted = true }));

    [Fact]
    public void Choose_DivertedAndOtherTried_TakesIt()
        => Assert.Equal((0, "FewestQueued"), Choose(Good with { Diverted = true }, Worse("tried")));

    [Fact]
    public void Choose_DrainRateUnknown_CountsAsSlow()
        => Assert.Equal((1, "EarliestFinish"), Choose(Good with { DrainRate = 0 }, Good));

    [Theory]
    [InlineData(0, 0, 1, "Tie")] // 2 ms apart
    [InlineData(0, 1, 1, "Tie")]
    [InlineData(0, 3, 0, "EarliestFinish")] // 3 ms apart, over max(2 ms, 10 %)
    [InlineData(1000, 1080, 1, "Tie")] // within 10 %
    [InlineData(1000, 1200, 0, "EarliestFinish")]
    public void Choose_AboutEqual_TieByTwoMillisecondsOrTenPercent(int first, int second, int expected, string reason)
        => Assert.Equal((expected, reason), Choose(Good with { QueuedTokens = first }, Good with { QueuedTokens = second }));

    [Fact]
    public void Choose_EqualSilos_EqualSharesWithinTenPercent()
    {
        var random = new Random(1);
        var counts = new int[4];
        Candidate[] silos = [Good, Good, Good, Good];
        for (var i = 0; i < 20_000; i++) counts[PickPolicy.Choose(silos, 10, Batch, random).Index]++;
        Assert.All(counts, c => Assert.InRange(c, 4500, 5500));
    }

    [Fact]
    public void Choose_AnyMixture_NeverIneligibleWhileOneIsEligible()
    {
        var random = new Random(2);
        string[] faults = ["not connected", "suspect", "starting", "draining", "failed", "ejected", "declared dead", "memory full", "tried"];
        for (var round = 0; round < 5000; round++)
        {
            var good = new bool[random.Next(1, 9)];
            var silos = new Candidate[good.Length];
            for (var i = 0; i < silos.Length; i++)
            {
                good[i] = random.Next(2) == 0;
                silos[i] = (good[i] ? Good : Worse(faults[random.Next(faults.Length)])) with
                {
                    QueuedTokens = random.Next(10_000),
                    Diverted = random.Next(2) == 0,
                };
            }

            var pick = PickPolicy.Choose(silos, random.Next(1, 500), Batch, random);
            if (good.Contains(true)) Assert.True(good[pick.Index]);
        }
    }

    private static (int Index, string Reason) Choose(params Candidate[] silos)
    {
        var pick = PickPolicy.Choose(silos, 10, Batch, new LastOfTied());
        return (pick.Index, pick.Reason.ToString());
    }

    private static Candidate Worse(string fault) => fault switch
    {
        "not connected" => Good with { Connected = false },
        "suspect" => Good with { Suspect = true },
        "starting" => Good with { State = SiloState.Starting },
        "draining" => Good with { State = SiloState.Draining },
        "failed" => Good with { State = SiloState.Failed },
        "ejected" => Good with { Ejected = true },
        "declared dead" => Good with { DeclaredDead = true },
        "memory full" => Good with { MemoryFull = true },
        "tried" => Good with { Tried = true },
        "longer queue" => Good with { QueuedTokens = 500 },
        "unacknowledged" => Good with { UnacknowledgedTokens = 500 },
        "long batch running" => Good with { RestOfBatch = TimeSpan.FromMilliseconds(50) },
        "slow link" => Good with { Lag = TimeSpan.FromMilliseconds(50) },
        "slow device" => Good with { DrainRate = 100 },
        "diverted" => Good with { Diverted = true },
        "queue over 1.5 budgets" => Good with { QueuedTokens = 7000 },
        _ => throw new ArgumentException(fault),
    };

    /// <summary>Always draws the greatest: the last of tied candidates wins.</summary>
    private sealed class LastOfTied : Random
    {
        public override int Next(int maxValue) => maxValue - 1;
    }
}
