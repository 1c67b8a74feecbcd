using System.Globalization;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Properties;

/// <summary>A text is refused if it was marked and its time is not over, and only then.</summary>
public class PoisonProperties
{
    /// <summary>What separates a repeat from news.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    // A text, a mark's seconds (negative: one that is over), and the seconds that go by afterwards.
    private static readonly Gen<(int Text, int Seconds, int Pass)[]> AnySteps =
        Gen.Select(Gen.Int[0, 4], Gen.Int[-10, 900], Gen.Frequency((3, Gen.Int[0, 5]), (1, Gen.Int[0, 700]))).Array[1, 60];

    [Fact]
    public void Refused_AnyMarksAndTimes_IffMarkedAndNotOver()
        => AnySteps.Sample(steps =>
        {
            var time = new FakeTimeProvider();
            var list = new PoisonList(time);
            // By text: when it ends.
            var ends = new Dictionary<int, DateTimeOffset>();
            foreach (var (text, seconds, pass) in steps)
            {
                var now = time.GetUtcNow();
                var end = now + TimeSpan.FromSeconds(Math.Min(seconds, 600));
                var known = ends.TryGetValue(text, out var until) && until > now;
                var news = list.Add([new PoisonMark { Hash = Hash(text), TimeLeft = TimeSpan.FromSeconds(seconds) }]);
                Assert.Equal(seconds > 0 && !(known && until >= end - Slack), news.Length == 1);
                if (news.Length == 1)
                {
                    Assert.True(!known || end > until, "a mark was shortened");
                    ends[text] = end;
                }

                time.Advance(TimeSpan.FromSeconds(pass));
                for (var other = 0; other <= 4; other++)
                {
                    var left = ends.TryGetValue(other, out var over) ? over - time.GetUtcNow() : TimeSpan.Zero;
                    Assert.Equal(left > TimeSpan.Zero ? left : null, list.Refused(Text(other)));
                    Assert.Equal(left > TimeSpan.Zero, list.Marks.Any(m => m.Hash == Hash(other)));
                }
            }
        }, iter: 3000);

    private static string Text(int text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Hash(int text) => PoisonList.HashOf(Text(text));
}
