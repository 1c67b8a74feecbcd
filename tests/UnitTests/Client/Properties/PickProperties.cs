using CsCheck;
using Evergrain.Client.Picking;

namespace Evergrain.UnitTests.Client.Properties;

/// <summary>What the pick policy keeps to, whatever the silos look like.</summary>
public class PickProperties
{
    private const int Batch = 4096;

    private static readonly Gen<Candidate> AnySilo = Gen.Select(
        Gen.Bool.Array[7], Gen.Enum<SiloState>(), Gen.Long[0, 12_000], Gen.Double[0, 5000], Gen.Double[0, 1], Gen.Double[0.1, 1], Gen.Int[0, 500],
        (flags, state, queued, rate, load, warmth, lag) => new Candidate
        {
            Connected = flags[0] || flags[1],
            Suspect = flags[2] && flags[3],
            Ejected = flags[4] && flags[3],
            DeclaredDead = flags[5] && flags[3],
            Tried = flags[6] && flags[3],
            State = flags[1] ? SiloState.Ready : state,
            QueuedTokens = queued,
            DrainRate = rate,
            Diverted = load > 0.7,
            MemoryFull = load > 0.95,
            Warmth = warmth,
            Lag = TimeSpan.FromMilliseconds(lag),
        });

    private static readonly Gen<(Candidate[] Silos, int Seed)> AnySilos = Gen.Select(AnySilo.Array[0, 8], Gen.Int);

    [Fact]
    public void Choose_AnyEligible_NeverAnIneligibleOne()
    {
        var (eligible, forgiven, nobody) = (0, 0, 0);
        AnySilos.Sample((silos, seed) =>
        {
            var pick = PickPolicy.Choose(silos, 20, Batch, new Random(seed));
            if (silos.Any(IsEligible))
            {
                Interlocked.Increment(ref eligible);
                Assert.True(IsEligible(silos[pick.Index]));
                Assert.NotEqual(PickReason.FailOpen, pick.Reason);
            }
            else if (pick.Index >= 0)
            {
                Interlocked.Increment(ref forgiven);
                Assert.Equal(PickReason.FailOpen, pick.Reason);
            }
            else
            {
                Interlocked.Increment(ref nobody);
                Assert.Equal(PickReason.NoSilo, pick.Reason);
            }
        }, iter: 20_000);
        // The samples are worth something: all three happened.
        Assert.All([eligible, forgiven, nobody], times => Assert.True(times > 100));
    }

    [Fact]
    public void Choose_Any_NeverOneThatCannotBeForgiven()
        => AnySilos.Sample((silos, seed) =>
        {
            var pick = PickPolicy.Choose(silos, 20, Batch, new Random(seed));
            if (pick.Index < 0) return;
            var silo = silos[pick.Index];
            Assert.True(silo is { Connected: true, State: SiloState.Ready, DeclaredDead: false, Tried: false });
        }, iter: 20_000);

    [Fact]
    public void Choose_AnyOfSeveralCanBeAsked_SomebodyIs()
        => AnySilos.Sample((silos, seed) =>
        {
            var pick = PickPolicy.Choose(silos, 20, Batch, new Random(seed));
            var anybody = silos.Any(s => s is { Connected: true, State: SiloState.Ready, DeclaredDead: false, Tried: false });
            Assert.Equal(anybody, pick.Index >= 0);
        }, iter: 20_000);

    [Fact]
    public void Choose_EarliestFinishOrTie_NoColdEligibleOneIsEarlierByMoreThanATie()
        => AnySilos.Sample((silos, seed) =>
        {
            var pick = PickPolicy.Choose(silos, 20, Batch, new Random(seed));
            if (pick.Reason is not (PickReason.EarliestFinish or PickReason.Tie)) return;
            var best = silos.Where(s => PickPolicy.IsEligible(s) && !PickPolicy.IsHot(s, Batch) && s.Warmth >= pick.WarmthLine)
                .Min(s => s.PredictSeconds(20));
            Assert.InRange(silos[pick.Index].PredictSeconds(20), best, best + Math.Max(0.002, best * 0.1) + 1e-9);
        }, iter: 20_000);

    [Fact]
    public void Choose_EqualSilosAtLightLoad_EqualSharesWithinTenPercent()
        => Gen.Select(Gen.Int[2, 8], Gen.Long[0, 200], Gen.Double[500, 50_000], Gen.Double[0.1, 1], Gen.Int).Sample((count, queued, rate, warmth, seed) =>
        {
            var silos = new Candidate[count];
            Array.Fill(silos, new Candidate { Connected = true, State = SiloState.Ready, QueuedTokens = queued, DrainRate = rate, Warmth = warmth });
            var shares = new int[count];
            var random = new Random(seed);
            for (var i = 0; i < 4000 * count; i++) shares[PickPolicy.Choose(silos, 20, Batch, random).Index]++;
            Assert.All(shares, s => Assert.InRange(s, 3600, 4400)); // more than six standard deviations
        }, iter: 30);

    // Said once more, so that the policy is not held to its own word.
    private static bool IsEligible(Candidate c)
        => c.Connected && !c.Suspect && c.State == SiloState.Ready && !c.Ejected && !c.MemoryFull && !c.DeclaredDead && !c.Tried;
}
