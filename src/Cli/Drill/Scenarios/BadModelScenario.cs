using System.Text;
using System.Text.Json.Nodes;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class BadModelScenario : IScenario
{
    private const string Model = "model.onnx";
    private const string Manifest = "model.json";
    private const string Vocabulary = "vocab.txt";

    private static readonly TimeSpan RefuseLimit = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(2);

    private static readonly (string File, Bilingual What, Action<ModelCopy> Spoil)[] Cases =
    [
        (Model, new("翻转一个字节", "one byte flipped"), model => model.Spoil(Model, Flip)),
        (Manifest, new("标签互换", "labels swapped"), model => model.Spoil(Manifest, SwapLabels)),
        (Vocabulary, new("缺少文件", "file missing"), model => model.Remove(Vocabulary)),
    ];

    public string Name => "bad-model";

    public int Fault => 20;

    public Bilingual Title => new("坏模型", "bad model");

    public Bilingual How => new("在翻转了一个字节、互换了标签、缺少文件的模型上重启一个 silo", "a silo restarted on a model with one byte flipped; labels swapped; a file missing");

    public Bilingual PassLine => new("silo 拒绝就绪并说明原因;另一个继续服务", "silo refuses to become Ready and says why; the other serves");

    public string? WhyNotRun(DrillEnvironment environment) => environment.WhyNotOwn;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var (silo, model) = (run.Cluster.Silos[0], run.Cluster.Model!);
        await run.BeginAsync(cancellationToken);
        foreach (var (file, what, spoil) in Cases)
        {
            await run.SettleAsync(cancellationToken);
            try
            {
                spoil(model);
                await RestartAsync(run, silo, MarkKind.Injection, what.En, cancellationToken);
                var reason = await RefusalAsync(run, silo, cancellationToken);
                run.Require(Texts.About(silo, $"拒绝({what.Zh})", $"refuses ({what.En})"), "failed, with a reason", reason ?? "not refused", reason is not null);
                run.Mark(MarkKind.Detection, silo, reason ?? "not refused");
                var since = run.Clock.Now;
                await run.Clock.DelayAsync(Watched, cancellationToken);
                var served = run.Samples.Count(s => s.Answered && s.ServedBy == silo && s.Due >= since);
                run.Require(Texts.About(silo, $"其间的答案({what.Zh})", $"answers meanwhile ({what.En})"), "0", Texts.Of(served), served == 0);
            }
            finally
            {
                model.Restore(file);
            }
            var old = await RestartAsync(run, silo, MarkKind.Healed, "model restored", cancellationToken);
            var back = await run.Cluster.WaitUntilBackAsync(silo, old, RefuseLimit, cancellationToken);
            run.RequireWithin(Texts.About(silo, $"恢复模型后就绪({what.Zh})", $"ready with the right model ({what.En})"), RefuseLimit, back);
            run.Mark(MarkKind.Recovery, silo, "ready");
        }
        await run.SettleAsync(cancellationToken);
        await run.StopLoadAsync();
        run.RequireNoneFailed();
        run.RequireNoneWrong();
    }

    /// <summary>SIGTERM, and the supervisor starts it again.</summary>
    private static async Task<int> RestartAsync(ScenarioRun run, string silo, MarkKind kind, string text, CancellationToken cancellationToken)
    {
        run.Mark(kind, silo, text);
        var pid = await run.Cluster.SignalAsync(silo, Signal.Terminate, cancellationToken);
        await run.Clock.UntilAsync(() => !ProcessFacts.IsAlive(pid), RefuseLimit, cancellationToken);
        return pid;
    }

    /// <returns>The reason it gives for being Failed; null where it gives none in time.</returns>
    private static async Task<string?> RefusalAsync(ScenarioRun run, string silo, CancellationToken cancellationToken)
    {
        using var probe = new HealthProbe(TimeSpan.FromSeconds(1));
        var admin = ProcessLayout.AdminAddress(run.Cluster.Config.Silos.Single(s => s.Name == silo));
        SiloStatus? status = null;
        await run.Clock.UntilAsync(
            async () => (status = await probe.ReadAsync<SiloStatus>(admin, SiloStatus.Path, cancellationToken)) is { State: "failed" or "ready" }, RefuseLimit, cancellationToken);
        return status is { State: "failed", Reason: { Length: > 0 } reason }
            // Readers of the report have no use for the folder that is gone by then.
            ? reason.Replace(Path.GetDirectoryName(run.Cluster.Model!.Folder) + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
            : null;
    }

    private static byte[] Flip(byte[] content)
    {
        content[content.Length / 2] ^= 1;
        return content;
    }

    private static byte[] SwapLabels(byte[] content)
    {
        var manifest = JsonNode.Parse(content)!;
        manifest["labels"] = new JsonArray([.. manifest["labels"]!.AsArray().Reverse().Select(label => label!.DeepClone())]);
        return Encoding.UTF8.GetBytes(manifest.ToJsonString());
    }
}
