using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Evergrain.Client.Events;
using Evergrain.Gateway.Cluster;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway.Webhooks;

/// <summary>Puts alerts into words: Chinese for those who are called, an English line for those who are asked. Pure but for the zone.</summary>
/// <param name="cluster">The cluster's id.</param>
/// <param name="gateway">This gateway's name.</param>
/// <param name="failover">Whether lost calls are sent elsewhere at all.</param>
/// <param name="usableBeside">How many silos beside the named one take calls now.</param>
/// <param name="zone">In which times are written.</param>
internal sealed class AlertWriter(string cluster, string gateway, bool failover, Func<string, int> usableBeside, TimeZoneInfo zone)
{
    private const int MaxAlerts = 8;
    private const int MaxDetail = 200;

    public AlertMessage Write(ImmutableArray<Alert> alerts)
    {
        var level = alerts.Any(a => !a.IsAllClear && a.Class is not (AlertClass.SiloDraining or AlertClass.Failover)) ? AlertLevel.Alarm
            : alerts.Any(a => a.IsAllClear) ? AlertLevel.AllClear : AlertLevel.Notice;
        var heads = alerts.Select(Head).Distinct().ToArray();
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (var alert in alerts.Take(MaxAlerts)) AddAlert(alert, lines);
        if (alerts.Length > MaxAlerts) lines.Add($"另有 {alerts.Length - MaxAlerts} 条,见 GET /v1/cluster/events");
        lines.Add($"集群 {cluster} · 网关 {gateway} · 现状见 GET /v1/cluster");
        return new AlertMessage
        {
            Level = level,
            Title = $"Evergrain {Name(level)}:{string.Join(',', heads.Take(2))}{(heads.Length > 2 ? $" 等 {heads.Length} 项" : "")}",
            Lines = lines.ToImmutable(),
            Alerts = alerts,
        };
    }

    private void AddAlert(Alert alert, ImmutableArray<string>.Builder lines)
    {
        var e = alert.Event;
        lines.Add($"**{Head(alert)}**");
        lines.Add($"- 时间:{TimeZoneInfo.ConvertTime(e.At, zone).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)}");
        lines.Add($"- 原因:{Clean(e.Cause)}");
        if (e.Evidence.Length > 0) lines.Add($"- 证据:{Clean(e.Evidence)}");
        if (Effect(e) is { } effect) lines.Add($"- 影响:{effect}");
        if (alert.Untold > 0) lines.Add($"- 期间另有 {alert.Untold} 次同类事件,未单独通知");
        lines.Add($"- {Subject(e)} {Words(e.Kind).English}: {Clean(e.Cause)}");
    }

    private static string Head(Alert alert) => $"{Subject(alert.Event)} {Words(alert.Event.Kind).Chinese}";

    private static string Subject(ClusterEvent e) => e.Silo.Length > 0 ? e.Silo : "cluster";

    private static string Name(AlertLevel level) => level switch { AlertLevel.Alarm => "告警", AlertLevel.AllClear => "恢复", _ => "通知" };

    private static (string Chinese, string English) Words(ClusterEventKind kind) => kind switch
    {
        ClusterEventKind.Lost => ("失联", "lost"),
        ClusterEventKind.Suspected => ("疑似失联", "suspect"),
        ClusterEventKind.Evicted => ("被集群剔除", "evicted"),
        ClusterEventKind.Failed => ("故障", "failed"),
        ClusterEventKind.Ejected => ("被暂时摘除", "ejected"),
        ClusterEventKind.Ready => ("恢复服务", "back in service"),
        ClusterEventKind.Trusted => ("恢复响应", "heard again"),
        ClusterEventKind.Readmitted => ("重新启用", "readmitted"),
        ClusterEventKind.MemoryFull => ("设备内存将满", "device memory nearly full"),
        ClusterEventKind.MemoryFree => ("设备内存已恢复", "device memory free again"),
        ClusterEventKind.Draining => ("正在退出", "draining"),
        ClusterEventKind.PoisonRefused => ("拦截致崩文本", "poison text refused"),
        ClusterEventKind.DatabaseLost => ("连不上成员数据库", "cannot reach the membership database"),
        ClusterEventKind.DatabaseBack => ("重新连上成员数据库", "reaches the membership database again"),
        ClusterEventKind.Failover => ("的请求已转走", "calls moved elsewhere"),
        _ => (ClusterView.NameOf(kind), ClusterView.NameOf(kind)),
    };

    /// <summary>What callers feel of it: said only where it is so.</summary>
    private string? Effect(ClusterEvent e)
    {
        var others = usableBeside(e.Silo);
        switch (e.Kind)
        {
            case ClusterEventKind.Lost or ClusterEventKind.Suspected or ClusterEventKind.Evicted:
                if (!failover) return "故障转移已关闭(routing.failover: off),处理中的请求会失败";
                if (others == 0) return "目前没有其他 silo 可用,请求会收到 503;有 silo 恢复后自动恢复服务";
                if (e.InFlight > 0) return $"处理中的 {e.InFlight} 个请求已自动转移,新请求由其余 {others} 个 silo 处理";
                // Evicted comes after the calls have gone: that none is left says nothing of how they fared.
                return e.Kind == ClusterEventKind.Evicted
                    ? $"新请求由其余 {others} 个 silo 处理"
                    : $"当时没有处理中的请求,新请求由其余 {others} 个 silo 处理,用户无感";
            case ClusterEventKind.Failed or ClusterEventKind.Ejected or ClusterEventKind.Draining:
                return others > 0 ? $"新请求由其余 {others} 个 silo 处理" : "目前没有其他 silo 可用";
            case ClusterEventKind.MemoryFull:
                return others > 0 ? $"新请求由其余 {others} 个 silo 处理" : "目前没有其他 silo 可用,请求仍由它处理";
            case ClusterEventKind.PoisonRefused:
                return "该文本在 10 分钟内会被拒绝(422 suspected_poison),其他请求不受影响";
            case ClusterEventKind.DatabaseLost:
                return "请求照常处理;数据库恢复之前,退出的 silo 不能重新加入";
            case ClusterEventKind.Failover:
                return "这些请求已自动转移到其他 silo";
            default:
                return null;
        }
    }

    /// <summary>One line without markup of its own: an exception's message may hold anything, and "&lt;@…&gt;" would call people.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var c in text.Length <= MaxDetail ? text : text[..MaxDetail] + "…")
            clean.Append(c switch { '<' => '‹', '>' => '›', '*' or '`' or '[' or ']' => ' ', _ => char.IsControl(c) ? ' ' : c });
        return clean.ToString();
    }
}
