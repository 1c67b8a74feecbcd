using Evergrain.Client.Picking;

namespace Evergrain.Client.Dispatching;

/// <summary>What an attempt was expected to take, and how long it is waited for.</summary>
/// <param name="Wait">Predicted time until its turn.</param>
/// <param name="Predicted">Predicted time until its answer, lag left out.</param>
/// <param name="LateAfter">Later than this it counts as late.</param>
/// <param name="HedgeAfter">Later than this a copy may go elsewhere.</param>
/// <param name="Limit">Later than this it is given up, where the call can go elsewhere.</param>
internal readonly record struct AttemptTimes(TimeSpan Wait, TimeSpan Predicted, TimeSpan LateAfter, TimeSpan HedgeAfter, TimeSpan Limit)
{
    private static readonly TimeSpan LeastLate = TimeSpan.FromMilliseconds(20);

    /// <summary>A copy that leaves earlier would take a text that kills to a second silo while the first is dying, and nobody could tell whose
    /// fault either was.</summary>
    private static readonly TimeSpan LeastHedge = Call.OneCause;

    private static readonly TimeSpan LeastAllowance = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan MostAllowance = TimeSpan.FromSeconds(1);

    /// <summary>How many times its 99th percentile a call may take before it has failed.</summary>
    private const int Allowance = 3;

    /// <summary>How far a prediction may be off: silos that share their cores drain slower together than either measured alone.</summary>
    private const double PredictionSlack = 3;

    /// <summary>Waiting in a known queue is no failure: an attempt has its predicted time and an allowance by what calls of its length
    /// take, never more than the request itself.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="tokens">Estimated tokens of the call.</param>
    /// <param name="p99">99th percentile of the service time of calls of that length; null while unknown.</param>
    /// <param name="left">Time that the request has.</param>
    public static AttemptTimes Of(in Candidate silo, long tokens, TimeSpan? p99, TimeSpan left)
    {
        var wait = silo.PredictWait();
        var predicted = wait + TimeSpan.FromSeconds(tokens / Math.Max(silo.DrainRate, 1));
        var allowance = p99 * Allowance is { } most && most < MostAllowance ? Longer(most, LeastAllowance) : MostAllowance;
        var limit = (predicted * PredictionSlack) + allowance;
        // Before there is a percentile nothing is known to be late, only failed.
        var late = p99 is null ? limit : wait + Longer(p99.Value, LeastLate);
        var hedge = p99 is null ? limit : wait + Longer(p99.Value, LeastHedge);
        // A process that was paused may find the request's time over before the attempt has begun.
        var rest = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        return new AttemptTimes(wait, predicted, late, hedge, limit < rest ? limit : rest);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
