using System.Text.Json;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class PoisonScenario : IScenario
{
    private const string Third = "silo-third";
    private const string SuspectedPoison = "suspected_poison";
    private const string InferenceFailed = "inference_failed";

    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(15);

    /// <summary>Five load reports.</summary>
    private static readonly TimeSpan Heard = TimeSpan.FromSeconds(1);

    public string Name => "poison";

    public int Fault => 21;

    public Bilingual Title => new("毒药输入", "poison input");

    public Bilingual How => new(
        "三个 silo 的测试构建:一个文本让会话抛出异常,另一个让进程死去", "three silos of a test build: a text that makes a session throw; one that makes a process die");

    public Bilingual PassLine => new(
        "只有该条失败;杀手请求在两个 silo 之后停止,并被拒绝 10 分钟;同批的无辜文本得到回答;两个 silo 在 15 秒内恢复",
        "only that item fails; a killer request stops after two silos and is refused for 10 min; innocent batch-mates are answered; both silos back < 15 s");

    public string? WhyNotRun(DrillEnvironment environment)
        => environment.WhyNotOwn ?? (environment.FaultySilo is null ? "needs the test build of the silo: build Orleans.sln" : null);

    public Task<DrillCluster>? OpenClusterAsync(DrillEnvironment environment, CancellationToken cancellationToken)
        => OwnCluster.OpenAsync(environment, cancellationToken, WithThirdSilo, environment.FaultySilo);

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        // Half of the load: for a while one of three must carry it, on a third of the machine.
        await run.BeginAsync(new LoadOptions { PerSecond = run.Rate / 2, Kinds = [run.OneUrl, run.TwoUrl] }, cancellationToken);
        await ThrowAsync(run, cancellationToken);
        await run.SettleAsync(cancellationToken);
        await KillAsync(run, cancellationToken);
        await run.StopLoadAsync();
        run.RequireNoneFailed();
        run.RequireNoneWrong();
    }

    private static EvergrainConfig WithThirdSilo(EvergrainConfig config) => config with
    {
        Silos =
        [
            .. config.Silos.Take(2),
            config.Silos[0] with { Name = Third, SiloPort = FreePorts.Take(), GatewayPort = FreePorts.Take(), AdminPort = FreePorts.Take() },
        ],
    };

    /// <summary>A batch with the text in its middle: its row fails, the others are answered, no process ends.</summary>
    private static async Task ThrowAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var before = await PidsAsync(run, cancellationToken);
        run.Mark(MarkKind.Injection, "", "a batch with a text that makes the session throw");
        string[] texts = [.. ReviewTexts.All.Take(4), PoisonTexts.Throw, .. ReviewTexts.All.Skip(4).Take(4)];
        var answer = await run.Probe.PredictAsync(run.Cluster.Gateways[0].Address, texts);
        var rows = answer.Status == 200 ? JsonDocument.Parse(answer.Body).RootElement.GetProperty("results").EnumerateArray().Select(Describe).ToList() : [];
        var failed = rows.Index().Where(row => row.Item != "").ToList();
        run.Require(new("会话抛出异常的批次中失败的条目", "rows that failed in the batch with the throwing text"), $"row 5 only: {InferenceFailed}",
            answer.Status != 200 ? $"the batch: {answer.Status} {answer.Body}" : string.Join(", ", failed.Select(row => $"row {row.Index + 1}: {row.Item}")),
            rows.Count == texts.Length && failed is [(4, InferenceFailed)]);
        var died = Changed(before, await PidsAsync(run, cancellationToken));
        run.Require(new("因它而死的 silo", "silos that died of it"), "none", Names(died), died.Count == 0);
    }

    /// <summary>The text that kills: two silos die, the third never; from then on every gateway refuses it.</summary>
    private static async Task KillAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var before = await PidsAsync(run, cancellationToken);
        var at = run.Mark(MarkKind.Injection, "", "a text that makes the process die");
        var answer = await run.Probe.PredictAsync(run.Cluster.Gateways[0].Address, PoisonTexts.Kill);
        var dead = before.Where(p => !ProcessFacts.IsAlive(p.Value)).Select(p => p.Key).ToList();
        run.Require(new("杀手请求的回答", "answer to the killer"), $"422 {SuspectedPoison}", $"{answer.Status} {answer.Code} after {Texts.Of(answer.Took)}", IsRefusal(answer));
        run.Require(new("因它而死的 silo", "silos that died of the killer"), "2", $"{dead.Count} ({Names(dead)})", dead.Count == 2);

        // While two are away: the last one must not be asked. The other gateways hear of it in the survivor's reports.
        await run.Clock.DelayAsync(Heard, cancellationToken);
        var others = new List<GatewayProbe.Answer>();
        foreach (var gateway in run.Cluster.Gateways.Reverse())
        {
            for (var i = 0; i < 3; i++)
                others.Add(await run.Probe.PredictAsync(gateway.Address, PoisonTexts.Kill));
        }
        run.Require(new("1 秒后起每个网关的回答", "answers of every gateway from 1 s later on"), $"422 {SuspectedPoison}",
            string.Join(", ", others.GroupBy(o => $"{o.Status} {o.Code}").Select(g => $"{g.Count()} × {g.Key}")), others.All(IsRefusal));
        var survivors = before.Where(p => !dead.Contains(p.Key)).ToList();
        run.Require(new("第三个 silo 活着", "the third silo lives"), "alive", survivors.All(p => ProcessFacts.IsAlive(p.Value)) ? "alive" : "dead",
            survivors.Count == 1 && survivors.All(p => ProcessFacts.IsAlive(p.Value)));

        await run.Clock.UntilAsync(
            async () => await run.Cluster.IsReadyAsync(cancellationToken) && Changed(before, await PidsAsync(run, cancellationToken)).Count == dead.Count, BackLimit * 2, cancellationToken);
        var back = run.Mark(MarkKind.Recovery, "", "every silo is ready") - at;
        run.RequireWithin(new("两个 silo 恢复", "both silos back"), BackLimit, await run.Cluster.IsReadyAsync(cancellationToken) ? back : null);
        await run.SettleAsync(cancellationToken);
        var again = await run.Probe.PredictAsync(run.Cluster.Gateways[^1].Address, PoisonTexts.Kill);
        run.Require(new("全部恢复后再问一次", "asked again once all are back"), $"422 {SuspectedPoison}", $"{again.Status} {again.Code}", IsRefusal(again));
        var more = Changed(before, await PidsAsync(run, cancellationToken)).Except(dead).ToList();
        run.Require(new("其后又死的 silo", "silos that died later"), "none", Names(more), more.Count == 0);
    }

    private static bool IsRefusal(GatewayProbe.Answer answer) => answer.Status == 422 && answer.Code == SuspectedPoison;

    private static string Describe(JsonElement row) => row.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString()! : "";

    private static string Names(List<string> silos) => silos.Count == 0 ? "none" : string.Join(", ", silos);

    private static List<string> Changed(Dictionary<string, int> before, Dictionary<string, int> now) => [.. before.Where(p => now.GetValueOrDefault(p.Key) != p.Value).Select(p => p.Key)];

    private static async Task<Dictionary<string, int>> PidsAsync(ScenarioRun run, CancellationToken cancellationToken)
        => (await run.Cluster.ProcessesAsync(cancellationToken)).Where(p => run.Cluster.Silos.Contains(p.Name) && p.Pid is not null).ToDictionary(p => p.Name, p => p.Pid!.Value);
}
