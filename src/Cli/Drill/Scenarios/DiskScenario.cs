using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class DiskScenario : IScenario
{
    private static readonly TimeSpan Said = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(15);

    private FullDisk? _disk;

    public string Name => "disk";

    public int Fault => 25;

    public Bilingual Title => new("磁盘写满", "disk full");

    public Bilingual How => new(
        "日志、状态和成员数据库(SQLite)所在的 tmpfs 写满 30 秒;腾出空间后再杀死一个 silo",
        "logs, state and the membership database (SQLite) on a tmpfs that is full for 30 s; once there is room again, a silo killed");

    public Bilingual PassLine => new("服务继续;一条明确的警告", "serving goes on; one clear warning");

    public string? WhyNotRun(DrillEnvironment environment)
        => environment.WhyNotOwn ?? (OperatingSystem.IsLinux() && environment.IsRoot ? null : "needs root: it mounts a small filesystem");

    public Task<DrillCluster>? OpenClusterAsync(DrillEnvironment environment, CancellationToken cancellationToken)
        => OwnCluster.OpenAsync(environment, cancellationToken, sqlite: true, prepare: async (config, stop) => _disk = await FullDisk.MountAsync(config.StateFolder, stop));

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var disk = _disk ?? throw new InvalidOperationException("The cluster was not opened.");
        await run.BeginAsync(cancellationToken);
        var pids = await PidsAsync(run, cancellationToken);
        var full = run.Mark(MarkKind.Injection, "", "the disk is full");
        disk.Fill();
        var said = await run.Clock.UntilAsync(() => Warnings(run) > 0, Said, cancellationToken);
        if (said is not null)
            run.Mark(MarkKind.Detection, "", "`up` says that the disk is full");
        run.RequireWithin(new("up 给出警告", "`up` warns"), Said, said);
        await run.Clock.DelayAsync(TimeSpan.FromSeconds(run.Quick ? 10 : 30) - (run.Clock.Now - full), cancellationToken);
        run.Require(new("警告次数", "warnings"), "1", Texts.Of(Warnings(run)), Warnings(run) == 1);
        var same = (await PidsAsync(run, cancellationToken)).SequenceEqual(pids);
        run.Require(new("进程保持不变", "every process goes on"), "yes", same ? "yes" : "no", same);

        var sizes = LogBytes(run);
        disk.Free();
        run.Mark(MarkKind.Healed, "", "there is room again");
        var room = await run.Clock.UntilAsync(() => run.Cluster.Output.Contains("has room again", StringComparison.Ordinal), Said, cancellationToken);
        run.RequireWithin(new("up 报告恢复", "`up` says that there is room"), Said, room);
        await run.SettleAsync(cancellationToken);
        // Joins through the database that was full, and writes its log on the disk that was.
        var loss = await SiloLoss.InjectAsync(run, run.Cluster.Silos[^1], Signal.Kill, "kill -9, with room again", cancellationToken);
        await loss.WaitUntilBackAsync(Back, cancellationToken);
        run.RequireWithin(new($"{loss.Silo}:恢复服务", $"{loss.Silo}: back in service"), Back, loss.ProcessBack);
        await run.SettleAsync(cancellationToken);
        await run.StopLoadAsync();
        var logs = LogBytes(run);
        run.Require(new("日志恢复写入", "logs are written again"), $"> {sizes / 1024} KiB", $"{logs / 1024} KiB", logs > sizes);
        run.RequireNoneFailed();
        run.RequireNoneWrong();
    }

    private static int Warnings(ScenarioRun run)
        => run.Cluster.Output.Split('\n').Count(line => line.StartsWith("warning: ", StringComparison.Ordinal) && line.Contains("is full", StringComparison.Ordinal));

    private static long LogBytes(ScenarioRun run) => new DirectoryInfo(run.Cluster.Logs).EnumerateFiles("*.log").Sum(file => file.Length);

    private static async Task<IReadOnlyList<(string, int?)>> PidsAsync(ScenarioRun run, CancellationToken cancellationToken)
        => [.. (await run.Cluster.ProcessesAsync(cancellationToken)).Select(p => (p.Name, p.Pid)).OrderBy(p => p.Name, StringComparer.Ordinal)];
}
