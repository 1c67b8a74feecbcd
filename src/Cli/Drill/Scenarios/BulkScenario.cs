using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class BulkScenario : IScenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    public string Name => "bulk";

    public int Fault => 15;

    public Bilingual Title => new("批量任务与交互请求并存", "bulk beside interactive");

    public Bilingual How => new("交互负载之下的一个 50,000 条的文件", "a file of 50,000 texts under interactive load");

    public Bilingual PassLine => new("交互请求 p99 ≤ 单独时的 2 倍", "interactive p99 ≤ 2 × alone");

    public string? WhyNotRun(DrillEnvironment environment) => null;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var (texts, alone) = run.Quick ? (3_000, TimeSpan.FromSeconds(8)) : (50_000, TimeSpan.FromSeconds(30));
        await run.BeginAsync(cancellationToken);
        var begin = run.Clock.Now;
        await run.Clock.DelayAsync(alone, cancellationToken);
        var healthy = new Span(begin, run.Clock.Now);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var (wrong, errors) = (0, 0);
        var from = run.Mark(MarkKind.Injection, "", $"a file of {texts} texts");
        var rows = await BulkFile.SendAsync(run.Cluster.Gateways[0].Address, ReviewTexts.All, texts, run.Cluster.Connect, Judge, limit.Token);
        var bulk = new Span(from, run.Mark(MarkKind.Healed, "", "its last row has come"));
        await run.StopLoadAsync();

        run.RequireHealthy(healthy);
        run.RequireP99(new("文件在处理时", "while the file runs"), bulk, healthy, factor: 2);
        run.Require(new("文件的行", "rows of the file"), Texts.Of(texts), $"{rows}, of them {errors} errors, {wrong} wrong or out of order", rows == texts && errors == 0 && wrong == 0);
        run.Note(new("文件的速度", "speed of the file"), $"{Texts.Of(rows / bulk.Length.TotalSeconds)} texts/s in {Texts.Of(bulk.Length)}");
        run.RequireNoneFailed();
        run.RequireNoneWrong();

        void Judge(int row, string? label)
        {
            if (label is null)
                errors++;
            // A row out of order has, sooner or later, its neighbour's label.
            else if (run.Known.IsWrong(row % ReviewTexts.All.Length, label))
                wrong++;
        }
    }
}
