using Evergrain.Client;
using Evergrain.Gateway.Cluster;

namespace Evergrain.UnitTests.Gateway.Cluster;

public class PickExplanationTests
{
    /// <summary>Reason, the silo that got it, candidates as "name state finish-ms [hot]", and the sentence.</summary>
    public static TheoryData<string, string?, string, string> Picks => new()
    {
        { "earliest_finish", "b", "a eligible 18.4, b eligible 6.12", "b: answers in 6.1 ms, a in 18.4 ms" },
        { "earliest_finish", "b", "a eligible 4 hot, b eligible 6", "b: answers in 6.0 ms, a in 4.0 ms, but is hot" },
        { "earliest_finish", "a", "a eligible 6, b suspect 0", "only a could take it: b is suspect" },
        { "earliest_finish", "a", "a eligible 6, b not_connected 0, c draining 0", "only a could take it: b is not connected, c is draining" },
        { "earliest_finish", "a", "a eligible 6, b eligible 9, c ejected 0", "a: answers in 6.0 ms, b in 9.0 ms; c is ejected" },
        { "earliest_finish", "a", "a eligible 6, b slow_start 1", "only a could take it: b comes back slowly and has had its share" },
        { "earliest_finish", "a", "a eligible 6, b tried 1", "only a could take it: b was asked before" },
        { "earliest_finish", "a", "a eligible 6, b something_new 1", "only a could take it: b is something_new" },
        { "earliest_finish", "a", "a eligible 6", "only a is known" },
        { "tie", "a", "a eligible 6, b eligible 6.5", "a: answers in 6.0 ms, b in 6.5 ms; a tie, taken at random" },
        { "fewest_queued", "b", "a eligible 90 hot, b eligible 80 hot", "all are hot, b has the fewest tokens queued: answers in 80.0 ms, a in 90.0 ms" },
        { "fail_open", "a", "a ejected 6, b starting 0", "no silo was fit, a was taken all the same: a is ejected, b is starting" },
        { "fail_open", "a", "a suspect 6, b memory_full 7", "no silo was fit, a was taken all the same: a is suspect, b has no device memory left" },
        { "no_silo", null, "a failed 0, b declared_dead 0", "no silo could take it: a has failed, b was declared dead" },
        { "no_silo", null, "", "no silo is known" },
    };

    [Theory]
    [MemberData(nameof(Picks))]
    public void Describe_Pick_Sentence(string reason, string? silo, string candidates, string sentence)
        => Assert.Equal(sentence, PickExplanation.Describe(Pick(reason, silo, candidates)));

    [Fact]
    public void Describe_Hedge_SaysSo()
        => Assert.Equal("second copy of a late call: only b could take it: a was asked before",
            PickExplanation.Describe(Pick("earliest_finish", "b", "a tried 0, b eligible 5") with { Hedge = true }));

    private static PickRecord Pick(string reason, string? silo, string candidates) => new()
    {
        At = default,
        Tokens = 20,
        Silo = silo,
        Reason = reason,
        Candidates =
        [
            .. candidates.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(c => c.Split(' ')).Select(c => new PickCandidate
            {
                Silo = c[0],
                State = c[1],
                PredictedFinish = TimeSpan.FromMilliseconds(double.Parse(c[2], System.Globalization.CultureInfo.InvariantCulture)),
                Hot = c.Length > 3,
            }),
        ],
    };
}
