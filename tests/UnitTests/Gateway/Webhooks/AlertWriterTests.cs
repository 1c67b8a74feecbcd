using Evergrain.Client.Events;
using Evergrain.Gateway.Webhooks;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Gateway.Webhooks;

public class AlertWriterTests
{
    private static readonly TimeZoneInfo Beijing = TimeZoneInfo.CreateCustomTimeZone("Beijing", TimeSpan.FromHours(8), null, null);

    [Fact]
    public void Write_OneLost_EveryLine()
    {
        var message = Write([Alerts.Event(ClusterEventKind.Lost, inFlight: 3, evidence: "connection reset; 3 calls in flight")]);

        Assert.Equal((AlertLevel.Alarm, "Evergrain 告警:silo-a 失联"), (message.Level, message.Title));
        Assert.Equal(
            [
                "**silo-a 失联**", "- 时间:2026-11-24 20:00:00 +08:00", "- 原因:its connection closed", "- 证据:connection reset; 3 calls in flight",
                "- 影响:处理中的 3 个请求已自动转移,新请求由其余 1 个 silo 处理", "- silo-a lost: its connection closed",
                "集群 evergrain · 网关 gateway-a · 现状见 GET /v1/cluster",
            ],
            message.Lines);
    }

    /// <summary>"Nobody notices" stands only where it is so.</summary>
    [Theory]
    [InlineData(ClusterEventKind.Lost, 0, true, 1, "当时没有处理中的请求,新请求由其余 1 个 silo 处理,用户无感")]
    [InlineData(ClusterEventKind.Suspected, 2, true, 1, "处理中的 2 个请求已自动转移,新请求由其余 1 个 silo 处理")]
    [InlineData(ClusterEventKind.Evicted, 0, true, 2, "新请求由其余 2 个 silo 处理")]
    [InlineData(ClusterEventKind.Lost, 2, true, 0, "目前没有其他 silo 可用,请求会收到 503;有 silo 恢复后自动恢复服务")]
    [InlineData(ClusterEventKind.Lost, 0, false, 1, "故障转移已关闭(routing.failover: off),处理中的请求会失败")]
    [InlineData(ClusterEventKind.Ejected, 0, true, 1, "新请求由其余 1 个 silo 处理")]
    [InlineData(ClusterEventKind.Failed, 0, true, 0, "目前没有其他 silo 可用")]
    [InlineData(ClusterEventKind.MemoryFull, 0, true, 1, "新请求由其余 1 个 silo 处理")]
    [InlineData(ClusterEventKind.MemoryFull, 0, true, 0, "目前没有其他 silo 可用,请求仍由它处理")]
    [InlineData(ClusterEventKind.PoisonRefused, 0, true, 1, "该文本在 10 分钟内会被拒绝(422 suspected_poison),其他请求不受影响")]
    [InlineData(ClusterEventKind.DatabaseLost, 0, true, 1, "请求照常处理;数据库恢复之前,退出的 silo 不能重新加入")]
    [InlineData(ClusterEventKind.Failover, 0, true, 1, "这些请求已自动转移到其他 silo")]
    [InlineData(ClusterEventKind.Ready, 0, true, 1, null)]
    public void Write_Effect_OnlyWhatIsTrue(ClusterEventKind kind, int inFlight, bool failover, int others, string? effect)
    {
        var message = Write([Alerts.Event(kind, inFlight: inFlight)], failover, others);

        Assert.Equal(effect is null ? null : $"- 影响:{effect}", message.Lines.SingleOrDefault(l => l.StartsWith("- 影响", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Lost", "Alarm", "Evergrain 告警:silo-a 失联")]
    [InlineData("Lost Ready", "Alarm", "Evergrain 告警:silo-a 失联,silo-a 恢复服务")]
    [InlineData("Lost Failover Ready", "Alarm", "Evergrain 告警:silo-a 失联,silo-a 的请求已转走 等 3 项")]
    [InlineData("Ready", "AllClear", "Evergrain 恢复:silo-a 恢复服务")]
    [InlineData("DatabaseBack", "AllClear", "Evergrain 恢复:silo-a 重新连上成员数据库")]
    [InlineData("Draining", "Notice", "Evergrain 通知:silo-a 正在退出")]
    public void Write_Kinds_LevelAndTitle(string kinds, string level, string title)
    {
        var message = Write([.. kinds.Split(' ').Select(k => Alerts.Event(Enum.Parse<ClusterEventKind>(k)))]);

        Assert.Equal((level, title), (message.Level.ToString(), message.Title));
    }

    [Fact]
    public void Write_ManyAlerts_TheFirstEightAndACount()
    {
        var message = Write([.. Enumerable.Range(1, 11).Select(i => Alerts.Event(ClusterEventKind.Lost, $"silo-{i}"))]);

        Assert.Equal(8, message.Lines.Count(l => l.StartsWith("**", StringComparison.Ordinal)));
        Assert.Contains("另有 3 条,见 GET /v1/cluster/events", message.Lines);
        Assert.EndsWith("等 11 项", message.Title, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_UntoldAndOddEvidence_CountedAndCleaned()
    {
        var alert = new Alert { Event = Alerts.Event(ClusterEventKind.Failed, evidence: "<@all>\n**[x](y)**" + new string('z', 300)), Class = AlertClass.SiloFailed, Untold = 2 };

        var lines = Writer(true, 1).Write([alert]).Lines;

        Assert.Contains("- 期间另有 2 次同类事件,未单独通知", lines);
        var evidence = Assert.Single(lines, l => l.StartsWith("- 证据:‹@all›    x (y)  zz", StringComparison.Ordinal));
        Assert.Equal("- 证据:".Length + 201, evidence.Length);
    }

    [Theory]
    [InlineData(100, "a\nbb\nccc")]
    [InlineData(12, "a\nbb\nccc")]
    [InlineData(11, "a\nbb\n…")]
    [InlineData(6, "a\n…")]
    public void Join_TooLong_WholeLinesThatFit(int maxBytes, string text)
    {
        var message = new AlertMessage { Level = AlertLevel.Alarm, Title = "", Lines = ["a", "bb", "ccc"], Alerts = [] };

        Assert.Equal(text, message.Join("\n", maxBytes));
    }

    internal static AlertMessage Write(ClusterEvent[] events, bool failover = true, int others = 1) => Writer(failover, others).Write(
    [
        .. events.Select(e => new Alert { Event = e, Class = AlertClasses.Of(e.Kind)!.Value, Closes = AlertClasses.ClosedBy(e.Kind) }),
    ]);

    private static AlertWriter Writer(bool failover, int others) => new("evergrain", "gateway-a", failover, _ => others, Beijing);
}
