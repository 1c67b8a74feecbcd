using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;

namespace Evergrain.Bench.Latency;

/// <summary>What became of requests at one rate.</summary>
/// <param name="Share">Of what the pair can answer at most.</param>
/// <param name="Offered">Requests a second.</param>
/// <param name="Answered">Answers a second.</param>
/// <param name="Refused">Share that was refused with 429 or 503.</param>
/// <param name="Failed">Share that failed otherwise.</param>
/// <param name="P50">Of the answers, milliseconds from when they were due.</param>
/// <param name="P95">The same.</param>
/// <param name="P99">The same.</param>
internal sealed record LoadPoint(double Share, double Offered, double Answered, double Refused, double Failed, double P50, double P95, double P99)
{
    public static LoadPoint Of(double share, TimeSpan length, IReadOnlyList<Sample> samples)
    {
        var answered = samples.Where(s => s.Answered).ToList();
        var refused = samples.Count(s => !s.Answered && s is { Status: 429 or 503, HasRetryAfter: true });
        var count = Math.Max(1, samples.Count);
        return new LoadPoint(
            share, samples.Count / length.TotalSeconds, answered.Count / length.TotalSeconds, (double)refused / count, (double)(samples.Count - answered.Count - refused) / count,
            Figures.Quantile(answered, 0.5), Figures.Quantile(answered, 0.95), Figures.Quantile(answered, 0.99));
    }
}
