using System.Globalization;
using Evergrain.Client;

namespace Evergrain.Gateway.Cluster;

/// <summary>Says in a sentence why a call went where it went. Pure.</summary>
internal static class PickExplanation
{
    private const string Eligible = "eligible";

    public static string Describe(PickRecord pick)
    {
        var others = pick.Candidates.Where(c => c.Silo != pick.Silo).ToArray();
        var unfit = List(others.Where(c => c.State != Eligible).Select(NotFit));
        var chosen = pick.Candidates.FirstOrDefault(c => c.Silo == pick.Silo);
        return (pick.Hedge ? "second copy of a late call: " : "") + (pick.Reason, chosen) switch
        {
            ("no_silo", _) or (_, null) => unfit.Length == 0 ? "no silo is known" : $"no silo could take it: {unfit}",
            ("fail_open", _) => $"no silo was fit, {chosen.Silo} was taken all the same: {List(pick.Candidates.Select(NotFit))}",
            (_, _) when !Array.Exists(others, c => c.State == Eligible)
                => unfit.Length == 0 ? $"only {chosen.Silo} is known" : $"only {chosen.Silo} could take it: {unfit}",
            _ => Compare(pick.Reason, chosen, others) + (unfit.Length == 0 ? "" : $"; {unfit}"),
        };
    }

    private static string Compare(string reason, PickCandidate chosen, PickCandidate[] others)
    {
        var rivals = List(others.Where(c => c.State == Eligible)
            .Select(c => $"{c.Silo} in {Milliseconds(c)}{(c.Hot && !chosen.Hot ? ", but is hot" : "")}"));
        return reason switch
        {
            "fewest_queued" => $"all are hot, {chosen.Silo} has the fewest tokens queued: answers in {Milliseconds(chosen)}, {rivals}",
            "tie" => $"{chosen.Silo}: answers in {Milliseconds(chosen)}, {rivals}; a tie, taken at random",
            _ => $"{chosen.Silo}: answers in {Milliseconds(chosen)}, {rivals}",
        };
    }

    private static string NotFit(PickCandidate candidate) => $"{candidate.Silo} " + candidate.State switch
    {
        Eligible => "is eligible",
        "not_connected" => "is not connected",
        "suspect" => "is suspect",
        "starting" => "is starting",
        "draining" => "is draining",
        "failed" => "has failed",
        "ejected" => "is ejected",
        "declared_dead" => "was declared dead",
        "memory_full" => "has no device memory left",
        "tried" => "was asked before",
        "other_model" => "serves another model than the rest of the call had",
        "slow_start" => "comes back slowly and has had its share",
        var other => $"is {other}",
    };

    private static string Milliseconds(PickCandidate candidate)
        => string.Create(CultureInfo.InvariantCulture, $"{candidate.PredictedFinish.TotalMilliseconds:0.0} ms");

    private static string List(IEnumerable<string> parts) => string.Join(", ", parts);
}
