using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Network;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class ServerScenario : IScenario
{
    /// <summary>Longer than an eviction, so that the server comes back to a cluster that has given it up.</summary>
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(10);

    /// <summary>After the heal, what both servers did with the address meanwhile must not be felt either.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Whole = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HolderLimit = TimeSpan.FromSeconds(15);

    private TwoServers? _servers;

    public string Name => "server";

    public int Fault => 5;

    public Bilingual Title => new("整台服务器消失", "whole server gone");

    public Bilingual How => new(
        "持有浮动地址的那台服务器(silo + 网关 + WebUI)双向断网 10 秒:先拔网线,再由交换机断开(网卡无感知),两台各一次",
        "the server that holds the floating address (silo + gateway + WebUI) cut off both ways for 10 s: its cable pulled; then by the switch, which its own interface does not notice, each server once");

    public Bilingual PassLine => new(
        "WebUI 和双地址调用方 0 失败;浮动地址调用方:中断 < 1.5 s(VRRPv3,200 ms 通告,单播),如实说明",
        "0 failed for WebUI and two-URL callers; floating-IP callers: gap < 1.5 s (VRRPv3, 200 ms adverts, unicast), said honestly");

    public string? WhyNotRun(DrillEnvironment environment)
        => environment.WhyNotDatabase ?? NetworkTools.WhyNot
            ?? (NetworkTools.Keepalived is null ? "needs keepalived: install the keepalived package" : null)
            ?? (environment.Config is { Silos.Length: >= 2, Gateways.Length: >= 2 } ? null : "needs two silos and two gateways in the YAML file");

    public Task<DrillCluster>? OpenClusterAsync(DrillEnvironment environment, CancellationToken cancellationToken) => OpenAsync(environment, cancellationToken);

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var servers = _servers ?? throw new InvalidOperationException("The cluster was not opened.");
        var floating = run.OneUrl with { Name = new("浮动地址调用方", "floating-address callers") };
        // Before the load: until keepalived has found a gateway that serves, nobody has the address.
        if (await run.Clock.UntilAsync(async () => (await servers.Address.HoldersAsync(cancellationToken)).Count == 1, HolderLimit, cancellationToken) is null)
            throw new UserException($"no server held the floating address within {HolderLimit.TotalSeconds:0} s");
        await run.BeginAsync(cancellationToken, floating, run.TwoUrl);

        List<(Bilingual What, Span Span)> cuts =
            [await CutAsync(run, servers, new("拔网线", "cable pulled"), (node, cut) => node.PlugAsync(!cut, cancellationToken), cancellationToken)];
        // The address stays where it went, so that each server is the one that holds it once.
        foreach (var _ in ServersConfig.Servers)
        {
            await run.SettleAsync(cancellationToken);
            cuts.Add(await CutAsync(run, servers, new("交换机断开", "cut off by the switch"), (node, cut) => node.DetachAsync(cut, cancellationToken), cancellationToken));
        }
        await run.StopLoadAsync();

        foreach (var (what, span) in cuts)
            JudgeGap(run, floating, what, span);
        run.RequireNoneFailed(run.TwoUrl);
        run.RequireNoneWrong();
        run.RequirePMax(run.TwoUrl.Attempt + ScenarioRun.Budget, run.TwoUrl);
    }

    private static async Task<(Bilingual What, Span Span)> CutAsync(
        ScenarioRun run, TwoServers servers, Bilingual how, Func<NetworkNode, bool, Task> cut, CancellationToken cancellationToken)
    {
        var holder = (await servers.Address.HoldersAsync(cancellationToken))[0];
        var silo = run.Cluster.Config.Silos.Single(s => s.Node == holder.Name).Name;
        var what = Texts.About($"{holder.Name} ({silo})", how.Zh, how.En);
        var at = run.Mark(MarkKind.Injection, silo, $"server {holder.Name}: {how.En}");
        await cut(holder, true);
        await RequirePageAsync(run, what, at, cancellationToken);
        await run.Clock.DelayAsync(Cut - (run.Clock.Now - at), cancellationToken);
        var evicted = run.Events.Since(at).FirstOrDefault(e => e.Kind == GatewayEvents.Evicted && e.Silo == silo);
        if (evicted is not null)
            run.MarkAt(run.Clock.Of(evicted.At), MarkKind.Eviction, silo, "declared dead");

        var healed = run.Mark(MarkKind.Healed, silo, $"server {holder.Name} is on the network again");
        await cut(holder, false);
        TimeSpan? whole = TimeSpan.Zero;
        foreach (var name in run.Cluster.Silos)
            whole = await run.WaitUntilWholeAsync(healed, name, cancellationToken) is { } time && whole is not null ? time : null;
        if (whole is { } took)
            run.MarkAt(healed + took, MarkKind.Recovery, silo, "both servers serve");
        run.RequireWithin(new($"{what.Zh}:恢复后两台都提供服务", $"{what.En}: both serve again after healing"), Whole, whole);
        // The one that was cut off has been evicted and could not answer at once, and a move would break open connections once more.
        var holders = (await servers.Address.HoldersAsync(cancellationToken)).Select(n => n.Name).ToList();
        run.Require(
            new($"{what.Zh}:恢复后地址留在另一台", $"{what.En}: the address stays with the other after healing"), $"not {holder.Name}", string.Join(" + ", holders), holders.Count == 1 && holders[0] != holder.Name);
        return (what, new Span(at, healed + Aftermath));
    }

    /// <summary>The page comes from the other server, to somebody who opens it by the floating address.</summary>
    private static async Task RequirePageAsync(ScenarioRun run, Bilingual what, TimeSpan at, CancellationToken cancellationToken)
    {
        if (run.Cluster.Config.WebUis.Length < 2)
            return;
        TimeSpan? page = await run.Clock.UntilAsync(() => run.Probe.AnswersAsync(ServersConfig.Page), Cut / 2, cancellationToken) is null ? null : run.Clock.Now - at;
        run.RequireWithin(new($"{what.Zh}:浮动地址打开页面", $"{what.En}: the page by the floating address"), Cut / 2, page);
    }

    private static void JudgeGap(ScenarioRun run, CallerKind floating, Bilingual what, Span span)
    {
        List<Sample> own = [.. span.Of(run.Samples).Where(s => s.Caller == floating.Key)];
        run.RequireWithin(new($"{what.Zh}:浮动地址最长中断", $"{what.En}: longest gap of the floating address"), Gap, Figures.LongestGap(own));
        run.Note(new($"{what.Zh}:浮动地址调用方失败的请求", $"{what.En}: failed requests of floating-address callers"), $"{own.Count(s => s.Failure is not null)} of {own.Count}");
    }

    private async Task<DrillCluster> OpenAsync(DrillEnvironment environment, CancellationToken cancellationToken)
    {
        _servers = await TwoServers.OpenAsync(environment, cancellationToken);
        return _servers.Cluster;
    }
}
