using System.Globalization;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Status;

/// <summary>The whole in one word, and why it is not "ready".</summary>
internal sealed record StatusVerdict(string State, IReadOnlyList<string> Reasons)
{
    public const string Ready = "ready";

    /// <summary>Calls are answered, but something is missing.</summary>
    public const string Degraded = "degraded";

    /// <summary>No silo, or no gateway, is ready: calls cannot be answered.</summary>
    public const string Down = "down";

    /// <summary>Characters of a hash that tell two packages apart for people.</summary>
    private const int ShortHash = 8;

    public static StatusVerdict Of(IReadOnlyList<ProcessReport> processes, IReadOnlyList<SiloReport> silos)
    {
        List<string> reasons = [.. NotReady(processes, silos), .. DatabaseAway(silos), .. ModelsDiffer(silos)];
        var gateways = processes.Where(p => p.Kind == ChildSpec.Gateway).ToList();
        var down = !silos.Any(s => s.IsReady) || (gateways.Count > 0 && gateways.All(g => g.State != ProcessState.Ready));
        return new(down ? Down : reasons.Count > 0 ? Degraded : Ready, reasons);
    }

    /// <summary>One line each: a silo's own word where it has one, else the state of its process.</summary>
    private static IEnumerable<string> NotReady(IReadOnlyList<ProcessReport> processes, IReadOnlyList<SiloReport> silos)
    {
        var speaking = silos.Where(s => s.State != ProcessState.Unreachable).ToDictionary(s => s.Name);
        foreach (var process in processes)
        {
            if (speaking.GetValueOrDefault(process.Name) is { } silo)
            {
                if (!silo.IsReady) yield return $"{silo.Name} is {silo.State}{(silo.Reason is { } reason ? $": {reason}" : "")}";
                else if (process.State != ProcessState.Ready) yield return $"{process.Name} is {process.State}";
            }
            else if (process.State != ProcessState.Ready)
            {
                yield return $"{process.Name} is {process.State}{(process.LastExit is { } exit ? $", last ended: {exit}" : "")}";
            }
            else if (silos.FirstOrDefault(s => s.Name == process.Name) is { } silent)
            {
                yield return $"{silent.Name} is {silent.State}: {silent.Reason}";
            }
        }

        foreach (var silo in silos.Where(s => !s.IsReady && processes.All(p => p.Name != s.Name)))
            yield return $"{silo.Name} is {silo.State}: {silo.Reason}";
    }

    /// <summary>The same text may get another answer from the next silo.</summary>
    private static IEnumerable<string> ModelsDiffer(IReadOnlyList<SiloReport> silos)
    {
        var serving = silos.Where(s => s.IsReady && !string.IsNullOrEmpty(s.Hash)).ToList();
        if (serving.DistinctBy(s => s.Hash).Count() > 1)
            yield return $"silos serve different models: {string.Join(", ", serving.Select(s => $"{s.Name} {s.Version} ({Short(s.Hash!)})"))}";
    }

    private static string Short(string hash) => hash[..Math.Min(hash.Length, ShortHash)];

    private static IEnumerable<string> DatabaseAway(IReadOnlyList<SiloReport> silos)
    {
        var away = silos.Where(s => s.Membership?.State == SiloStatus.MembershipStatus.Away).ToList();
        if (away.Count == 0) yield break;
        var seconds = away.Max(s => s.Membership!.AwaySeconds ?? 0);
        yield return string.Create(CultureInfo.InvariantCulture,
            $"membership database away for {seconds:0} s ({string.Join(", ", away.Select(s => s.Name))}): calls go on, nothing joins or is evicted");
    }
}
