using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Evergrain.Client;
using SiloStatus = Evergrain.Client.SiloStatus;

namespace Evergrain.Gateway.Cluster;

/// <summary>Builds the answer of GET /v1/cluster from what the client library knows. Pure.</summary>
internal static class ClusterView
{
    /// <param name="gateway">This gateway's name.</param>
    /// <param name="cluster">The cluster's id.</param>
    /// <param name="silos">What is known of each silo.</param>
    /// <param name="names">Names of the YAML by endpoint, for silos that have not reported.</param>
    /// <param name="picks">The last decisions, oldest first.</param>
    /// <param name="newest">How many of them to show.</param>
    public static ClusterAnswer Build(
        string gateway, string cluster, ImmutableArray<SiloStatus> silos, IReadOnlyDictionary<string, string> names,
        ImmutableArray<PickRecord> picks, int newest)
    {
        silos = [.. silos.Select(s => s.Report is null && names.TryGetValue(s.Endpoint, out var name) ? s with { Name = name } : s)
            .OrderBy(s => s.Name, StringComparer.Ordinal)];
        var members = Members(silos);
        var reasons = silos.SelectMany(s => Reasons(s, members)).ToArray();
        return new ClusterAnswer
        {
            Gateway = gateway,
            Cluster = cluster,
            State = !silos.Any(s => s.Usable) ? "down" : reasons.Length > 0 ? "degraded" : "healthy",
            Reasons = reasons,
            ModelsDiffer = silos.Where(s => s.Usable).Select(s => s.Report!.Model.Hash).Distinct().Count() > 1,
            Silos = [.. silos.Select(ToAnswer)],
            Members = members,
            RecentPicks = [.. picks.Reverse().Take(newest).Select(ToAnswer)],
        };
    }

    /// <summary>"poison_refused" for PoisonRefused.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>What one silo has not heard of yet another has; where they disagree on a death, the death is the newer fact.</summary>
    private static MemberAnswer[] Members(ImmutableArray<SiloStatus> silos) =>
    [
        .. silos.SelectMany(s => s.Report?.Members ?? [])
            .GroupBy(m => (m.Silo, m.BootId))
            .Select(views => views.FirstOrDefault(m => m.Dead) ?? views.First())
            .OrderBy(m => m.Dead).ThenBy(m => m.Silo, StringComparer.Ordinal).ThenByDescending(m => m.BootId)
            .Select(m => new MemberAnswer { Silo = m.Silo, BootId = m.BootId, Host = m.Host, GatewayPort = m.GatewayPort, Dead = m.Dead }),
    ];

    private static IEnumerable<string> Reasons(SiloStatus silo, MemberAnswer[] members)
    {
        var report = silo.Report;
        if (!silo.Connected) yield return $"{silo.Name} is not connected";
        else if (report is null) yield return $"{silo.Name} is connected but has not reported";
        else if (silo.Suspect) yield return $"{silo.Name} is suspect" + (silo.ReportAge is { } age ? $": no report for {Whole(age.TotalMilliseconds)} ms" : "");
        else if (report.State != SiloState.Ready)
            yield return $"{silo.Name} is {NameOf(report.State)}" + (string.IsNullOrEmpty(report.Reason) ? "" : $": {report.Reason}");
        else if (Array.Exists(members, m => m.Dead && m.Silo == report.Silo && m.BootId == report.BootId))
            yield return $"{silo.Name} was declared dead by membership and still answers";
        else if (silo.Ejected) yield return $"{silo.Name} is ejected for a while: too many of its attempts failed";
        if (silo.Connected && report?.MembershipAway is { } away)
            yield return $"{silo.Name} cannot reach the membership database, for {Whole(away.TotalSeconds)} s; calls go on, nothing joins or is evicted";
    }

    private static SiloAnswer ToAnswer(SiloStatus silo)
    {
        var report = silo.Report;
        return new SiloAnswer
        {
            Name = silo.Name,
            Endpoint = silo.Endpoint,
            BootId = report?.BootId,
            State = report is null ? "unknown" : NameOf(report.State),
            Reason = report?.Reason,
            Connected = silo.Connected,
            Suspect = silo.Suspect,
            Ejected = silo.Ejected,
            Warmth = Math.Round(silo.Warmth, 3),
            LagMs = Milliseconds(silo.Lag),
            ReportAgeMs = silo.ReportAge is { } age ? Milliseconds(age) : null,
            QueuedTokens = report?.QueuedTokens,
            InFlight = report?.InFlight,
            InFlightFromThisGateway = silo.InFlight,
            AnsweredToThisGateway = silo.Answered,
            DrainRate = report is null ? null : Math.Round(report.DrainRate, 1),
            RestOfBatchMs = report is null ? null : Milliseconds(report.RestOfBatch),
            DeviceLoad = report is null ? null : Math.Round(report.DeviceLoad, 3),
            DeviceMemory = report is null ? null : Math.Round(report.DeviceMemory, 3),
            Model = report is null || report.Model.Name.Length == 0 ? null
                : new ModelAnswer { Name = report.Model.Name, Version = report.Model.Version, Hash = report.Model.Hash },
            MembershipAwaySeconds = report?.MembershipAway is { } away ? Math.Round(away.TotalSeconds, 1) : null,
        };
    }

    private static PickAnswer ToAnswer(PickRecord pick) => new()
    {
        At = pick.At,
        Tokens = pick.Tokens,
        Silo = pick.Silo,
        Reason = pick.Reason,
        Why = PickExplanation.Describe(pick),
        Hedge = pick.Hedge,
        Candidates = [.. pick.Candidates.Select(c => new CandidateAnswer
        {
            Silo = c.Silo,
            State = c.State,
            PredictedFinishMs = Milliseconds(c.PredictedFinish),
            Hot = c.Hot,
        })],
    };

    private static double Milliseconds(TimeSpan span) => Math.Round(span.TotalMilliseconds, 2);

    private static string Whole(double number) => number.ToString("0", CultureInfo.InvariantCulture);
}
