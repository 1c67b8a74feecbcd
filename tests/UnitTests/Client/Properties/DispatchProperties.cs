using CsCheck;

namespace Evergrain.UnitTests.Client.Properties;

/// <summary>What the dispatcher keeps to, however silos and callers behave.</summary>
public class DispatchProperties
{
    private const int NotReady = 3;
    private const int Hangs = 4;

    /// <summary>How each of up to six silos takes its calls.</summary>
    private static readonly Gen<int[]> AnySilos = Gen.Int[0, 4].Array[1, 6];

    /// <summary>Steps of a call's life: time goes by, a silo is lost in one way or the other, answers or fails.</summary>
    private static readonly Gen<(int Step, int Silo)[]> AnySteps = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 2]).Array[0, 6];

    [Fact]
    public Task Send_AnyAnswers_NoTriedSiloIsAskedAgainInTheSameRound()
        => Gen.Select(AnySilos, Gen.Int[1, 12]).SampleAsync(async sample =>
        {
            var (kinds, calls) = sample;
            var silos = kinds.Select((kind, i) => Scripted($"silo-{i}", kind)).ToList();
            var under = new DispatcherUnderTest(silos);
            under.Usually(TimeSpan.FromMilliseconds(30));
            var rounds = kinds.Contains(Hangs) ? 2 : 1; // who was late may be asked again when nobody else is left
            for (var call = 1; call <= calls; call++)
            {
                foreach (var silo in silos) silo.Requests.Clear();
                await under.PassTimeAsync(under.SendAsync("好"));
                Assert.All(silos, s => Assert.InRange(s.Requests.Count, 0, rounds));
            }
        }, iter: 200, threads: 1);

    [Fact]
    public Task Send_CallerCancelsAtAnyPoint_NoSiloIsBlamedForIt()
        => Gen.Select(AnySteps, Gen.Int[1, 2]).SampleAsync(async sample =>
        {
            var (steps, texts) = sample;
            var silos = Enumerable.Range(0, 3).Select(i => new FakeChannel($"silo-{i}") { OnPredict = FakeChannel.Hang }).ToList();
            var under = new DispatcherUnderTest(silos);
            under.Usually(TimeSpan.FromMilliseconds(30));
            using var caller = new CancellationTokenSource();
            var call = under.SendAsync(caller.Token, [.. Enumerable.Repeat("好", texts)]);
            var killed = false;
            var late = 0;
            foreach (var (step, silo) in steps)
            {
                switch (step)
                {
                    case 0 when ++late <= 3: // a copy goes elsewhere; but no attempt fails before 159 ms are over
                        under.Time.Advance(TimeSpan.FromMilliseconds(40));
                        break;
                    case 1 when !killed: // one process only: after a second one the text is to blame
                        killed = true;
                        silos[silo].Kill();
                        break;
                    case 2:
                        silos[silo].Freeze();
                        break;
                    case 3:
                        (silos[silo].Connected, silos[silo].Suspect) = (true, false);
                        under.Channels.Change();
                        break;
                    default:
                        await Task.Yield();
                        break;
                }
            }

            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
            Assert.All(silos, s => Assert.Empty(s.Failures));
            Assert.All(silos, s => Assert.DoesNotContain(s.Observations, o => o.Answered));
            Assert.Empty(under.Channels.Refused);
        }, iter: 400, threads: 1);

    [Fact]
    public Task Send_ManyLateAndFailingCalls_ExtraCallsStayWithinBothBudgets()
        => Gen.Select(AnySilos, Gen.Int[50, 150]).SampleAsync(async sample =>
        {
            var (kinds, calls) = sample;
            var silos = kinds.Select((kind, i) => Scripted($"silo-{i}", kind)).ToList();
            var under = new DispatcherUnderTest(silos);
            under.Usually(TimeSpan.FromMilliseconds(30));
            var start = under.Time.GetUtcNow();
            // Refusals because a silo is not ready are no extra calls: nothing ran.
            for (var i = 0; i < calls; i++) await under.PassTimeAsync(under.SendAsync("好"));
            var seconds = (under.Time.GetUtcNow() - start).TotalSeconds;
            var notReady = silos.Zip(kinds).Where(s => s.Second == NotReady).Sum(s => s.First.Requests.Count);
            var extra = silos.Sum(s => s.Requests.Count) - notReady - calls;
            Assert.True(extra <= 3 + (0.03 * calls) + 10 + (0.2 * calls) + (10 * seconds) + 1e-6, $"{extra} extra calls for {calls}");
        }, iter: 12, threads: 1);

    private static FakeChannel Scripted(string name, int kind)
    {
        var silo = new FakeChannel(name);
        silo.OnPredict = kind switch
        {
            0 => null,
            1 => (_, _) => throw new TimeoutException(),
            2 => (_, _) => Task.FromResult(silo.Refuse(ErrorCode.Overloaded)),
            NotReady => (_, _) => Task.FromResult(silo.Refuse(ErrorCode.NotReady)),
            _ => FakeChannel.Hang,
        };
        return silo;
    }
}
