using System.Globalization;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report;

/// <summary>What was drilled, where and when.</summary>
internal static class Facts
{
    public static IEnumerable<(Bilingual Term, Bilingual Value)> Of(DrillReport report)
    {
        yield return (new("开始时间", "Started"), Same(Figures.Time(report.StartedAt)));
        yield return (new("用时", "Took"), Figures.Duration(report.Took));
        yield return (new("版本", "Version"), Same("Evergrain " + report.EvergrainVersion));
        yield return (new("模型", "Model"), Same(report.Model));
        yield return (new("集群", "Cluster"), Same(report.Cluster));
        yield return (new("成员表", "Membership"), Same(report.Membership));
        yield return (new("机器", "Machine"), Same(report.Machine));
        yield return (new("负载", "Load"), Load(report));
    }

    private static Bilingual Load(DrillReport report)
    {
        var (rate, capacity) = (Figures.Rate(report.RatePerSecond), Figures.Rate(report.CapacityPerSecond));
        var share = report.CapacityPerSecond > 0
            ? (report.RatePerSecond / report.CapacityPerSecond).ToString("0 %", CultureInfo.InvariantCulture)
            : Figures.None;
        return new(
            $"{rate}，同次测得容量 {capacity}，占 {share}",
            $"{rate}, {share} of the capacity of {capacity} measured in the same run");
    }

    private static Bilingual Same(string text) => new(text, text);
}
