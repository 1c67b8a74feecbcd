using CsCheck;
using Evergrain.Client.Picking;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Properties;

/// <summary>The last usable silo is never ejected.</summary>
public class EjectionProperties
{
    // Which silo, what happens to it.
    private static readonly Gen<(int Silo, int What)[]> AnySteps =
        Gen.Select(Gen.Int[0, 3], Gen.Frequency((12, Gen.Const(0)), (3, Gen.Const(1)), (1, Gen.Int[2, 6]))).Array[1, 300];

    [Fact]
    public void Failed_AnyOrder_NeverTheLastUsableSilo()
    {
        var ejections = 0;
        AnySteps.Sample(steps =>
        {
            var time = new FakeTimeProvider();
            var silos = Enumerable.Range(0, 4).Select(i => new FakeChannel($"silo-{i}")).ToList();
            var ejection = silos.ConvertAll(_ => new Ejection(time));
            var under = new DispatcherUnderTest(silos);
            foreach (var (i, what) in steps)
            {
                switch (what)
                {
                    case 0:
                        // As the dispatcher does it: another one can be asked, or this one stays.
                        var usable = silos.Any(s => s != silos[i] && PickPolicy.IsEligible(s.ToCandidate(0)));
                        var others = under.Router.AnyOther(silos[i], default);
                        Assert.Equal(usable, others);
                        if (ejection[i].Failed(others) is not null)
                        {
                            Interlocked.Increment(ref ejections);
                            Assert.True(usable);
                        }

                        break;
                    case 1:
                        ejection[i].Succeeded();
                        break;
                    case 2:
                        silos[i].Connected = !silos[i].Connected;
                        break;
                    case 3:
                        silos[i].Suspect = !silos[i].Suspect;
                        break;
                    case 4:
                        ejection[i].Readmit();
                        break;
                    default:
                        time.Advance(TimeSpan.FromSeconds(what));
                        break;
                }

                for (var s = 0; s < 4; s++) silos[s].Ejected = ejection[s].IsEjected;
            }
        }, iter: 300);
        Assert.True(ejections > 300);
    }
}
