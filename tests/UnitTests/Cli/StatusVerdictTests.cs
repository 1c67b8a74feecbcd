using Evergrain.Cli.Status;
using Evergrain.Cli.Supervision;

namespace Evergrain.UnitTests.Cli;

public class StatusVerdictTests
{
    [Theory]
    [InlineData("ready", "ready", "ready", "ready", "ready")]
    [InlineData("ready", "draining", "ready", "ready", "degraded")]
    [InlineData("ready", "unreachable", "ready", "ready", "degraded")]
    [InlineData("ready", "ready", "ready", "stopped", "degraded")]
    [InlineData("draining", "failed", "ready", "ready", "down")]
    [InlineData("ready", "ready", "backoff", "stopped", "down")]
    public void Of_States_AsInTheTable(string siloA, string siloB, string gatewayA, string gatewayB, string expected)
    {
        var verdict = StatusVerdict.Of(
            [Process("gateway-a", ChildSpec.Gateway, gatewayA), Process("gateway-b", ChildSpec.Gateway, gatewayB)],
            [Silo("silo-a", siloA), Silo("silo-b", siloB)]);

        Assert.Equal(expected, verdict.State);
        Assert.Equal(expected == "ready", verdict.Reasons.Count == 0);
    }

    [Fact]
    public void Of_SiloThatSpeaks_ItsOwnWordOnce()
        => Assert.Equal(
            ["silo-a is draining: drained by an operator"],
            StatusVerdict.Of([Process("silo-a", ChildSpec.Silo, "unready")], [Silo("silo-a", "draining", "drained by an operator")]).Reasons);

    [Fact]
    public void Of_SiloThatIsDown_ItsProcessOnce()
        => Assert.Equal(
            ["silo-a is stopped, last ended: exit code 0"],
            StatusVerdict.Of(
                [Process("silo-a", ChildSpec.Silo, "stopped") with { LastExit = "exit code 0" }],
                [Silo("silo-a", "unreachable", "nothing answers")]).Reasons);

    [Fact]
    public void Of_DatabaseAway_DegradedForTheLongest()
    {
        var verdict = StatusVerdict.Of([], [Away("silo-a", 34.4), Away("silo-b", 31), Silo("silo-c", "ready")]);

        Assert.Equal("degraded", verdict.State);
        Assert.Equal(
            ["membership database away for 34 s (silo-a, silo-b): calls go on, nothing joins or is evicted"], verdict.Reasons);
    }

    [Fact]
    public void Of_ReadySilosWithTwoModels_DegradedAndWhich()
    {
        var verdict = StatusVerdict.Of([], [Serving("silo-a", "1.0", "ab12cd34ef"), Serving("silo-b", "1.1", "0099aabbcc")]);

        Assert.Equal("degraded", verdict.State);
        Assert.Equal(["silos serve different models: silo-a 1.0 (ab12cd34), silo-b 1.1 (0099aabb)"], verdict.Reasons);
    }

    [Fact]
    public void Of_OtherModelOfASiloThatIsNotReady_NoWordAboutIt()
        => Assert.Equal(
            ["silo-b is draining: model use"],
            StatusVerdict.Of([], [Serving("silo-a", "1.0", "ab12cd34ef"),
                Serving("silo-b", "1.1", "0099aabbcc") with { State = "draining", Reason = "model use" }, Silo("silo-c", "ready")]).Reasons);

    private static SiloReport Serving(string name, string version, string hash) => Silo(name, "ready") with { Version = version, Hash = hash };

    private static ProcessReport Process(string name, string kind, string state) => new() { Name = name, Kind = kind, Node = "local", State = state };

    private static SiloReport Silo(string name, string state, string? reason = null) => new() { Name = name, State = state, Reason = reason };

    private static SiloReport Away(string name, double seconds)
        => Silo(name, "ready") with { Membership = new() { State = "away", AwaySeconds = seconds, Error = "refused" } };
}
