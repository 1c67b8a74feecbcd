using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class OverloadScenario : IScenario
{
    /// <summary>With a small model on one machine it is the requests themselves, their refusals and whoever sends them that take the time: at three times its
    /// capacity the default model has four fifths of two cores left, BERT-base all but a hundredth.</summary>
    private const long LargeModel = 64L << 20;

    private const string TooSmall = "needs a model that is the limit itself: one of BERT-base's size, 64 MiB at least (--config)";

    private const double Times = 3;
    private const double LeastGoodput = 0.9;
    private const double Flat = 1.1;

    /// <summary>People who are there all the time, a second; of a slow model's capacity a tenth.</summary>
    private const double CalmPerSecond = 20;
    private const double CalmShare = 0.1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan NormalAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(20);

    public string Name => "overload";

    public int Fault => 14;

    public Bilingual Title => new("过载", "overload");

    public Bilingual How => new("3 倍容量的批量请求(每次 6 条长文本),30 秒,开环", "3 × capacity of calls of six long texts for 30 s, open loop");

    public Bilingual PassLine => new(
        "有效吞吐 ≥ 容量的 90 %;每次拒绝都是带 Retry-After 的 429;之后 5 秒内恢复正常;内存平稳",
        "goodput ≥ 90 % of capacity; every refusal a 429 with Retry-After; normal ≤ 5 s after; memory flat");

    public string? WhyNotRun(DrillEnvironment environment) => environment.WhyNotOwn ?? (environment.ModelBytes >= LargeModel ? null : TooSmall);

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var (calm, rush) = run.Quick ? (TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(12)) : (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
        // Large ones: the model is to be the limit, not this process or the gateway. The time of somebody who waits, not of a file.
        var bodies = ReviewTexts.Batches;
        var kind = run.OneUrl with { Path = "/batch_predict", RequestTimeout = Patience };
        var known = await KnownAnswers.AskAsync(bodies, kind, run.Cluster.Connect, run.Clock);
        var capacity = await CapacityTest.MeasureAsync(run.Cluster, kind, bodies, WarmUp, run.Clock.Time, cancellationToken);
        var single = await CapacityTest.MeasureAsync(run.Cluster, run.OneUrl, ReviewTexts.Bodies, WarmUp, run.Clock.Time, cancellationToken);

        await using var resources = ResourceLog.Start(run, TimeSpan.FromSeconds(1));
        await run.BeginAsync(new LoadOptions { PerSecond = Math.Min(CalmPerSecond, CalmShare * single), Kinds = [run.OneUrl], Connect = run.Cluster.Connect }, cancellationToken);
        var begin = run.Clock.Now;
        await run.Clock.DelayAsync(calm, cancellationToken);
        var healthy = new Span(begin, run.Clock.Now);

        var options = new LoadOptions { PerSecond = Times * capacity, Kinds = [kind], Bodies = bodies, Connect = run.Cluster.Connect, Seed = 2 };
        IReadOnlyList<Sample> samples;
        Span rushing;
        await using (var load = LoadGenerator.Start(options, run.Clock))
        {
            var from = run.Mark(MarkKind.Injection, "", $"{Texts.Of(Times * capacity)} calls/s");
            await run.Clock.DelayAsync(rush, cancellationToken);
            rushing = new Span(from, run.Mark(MarkKind.Healed, "", "the rush is over"));
            samples = await load.StopAsync();
        }

        await run.Clock.DelayAsync(rushing.Until + NormalAfter + calm - run.Clock.Now, cancellationToken);
        var after = new Span(rushing.Until + NormalAfter, run.Clock.Now);
        await run.StopLoadAsync();

        // The calm ones are answered too, and take their part of the machine.
        var (calls, others) = (Goodput(samples), Goodput(run.Samples));
        var goodput = calls / capacity + others / single;
        run.Require(new("有效吞吐占容量", "goodput, of capacity"), $"≥ {Texts.Of(100 * LeastGoodput)} %",
            $"{Texts.Of(100 * goodput)} %: {Texts.Of(calls)} of {Texts.Of(capacity)} calls/s and {Texts.Of(others)} of {Texts.Of(single)} single texts/s; asked {Texts.Of(samples.Count / rushing.Length.TotalSeconds)} calls/s",
            goodput >= LeastGoodput);
        JudgeRefusals(run, [.. samples, .. run.Samples.Where(s => s.Due >= rushing.From && s.Due < after.From)]);
        var wrong = samples.Count(known.IsWrong);
        run.Require(new("批量请求的错误答案", "wrong answers to the calls"), "0", Texts.Of(wrong), wrong == 0);
        run.Note(new("被回答者的 p99", "p99 of those that were answered"), Texts.Of(TimeSpan.FromMilliseconds(Figures.Quantile(samples.Where(s => s.Answered), 0.99))));
        run.Note(new("批量请求的额外尝试", "extra attempts of the calls"), $"{Texts.Of(Figures.ExtraAttempts(samples))} of {samples.Count(s => s.Answered)} answered");
        run.RequireNoneWrong();
        run.RequireHealthy(healthy);
        var failed = after.Of(run.Samples).Count(s => s.Failure is not null);
        run.RequireAtMost(new("5 秒之后的失败", "failed from 5 s after on"), 0, failed);
        // Of a few hundred requests at most: a 99th percentile would be the one that waited longest.
        var (before, since) = (Figures.Quantile(healthy.Of(run.Samples), 0.95), Figures.Quantile(after.Of(run.Samples), 0.95));
        run.RequireWithin(new($"5 秒之后:p95(过载前 {before:0} 毫秒)", $"from 5 s after on: p95 (before: {before:0} ms)"),
            TimeSpan.FromMilliseconds(2 * before) + Slack, TimeSpan.FromMilliseconds(since));
        // From when the queues are full.
        var third = rushing.Length / 3;
        resources.RequireFlatMemory(new("过载期间的常驻内存", "resident memory during the rush"),
            (rushing.From + third, rushing.From + 2 * third), (rushing.From + 2 * third, rushing.Until), Flat);

        double Goodput(IEnumerable<Sample> of) => of.Count(s => s.Answered && s.Done >= rushing.From && s.Done < rushing.Until) / rushing.Length.TotalSeconds;
    }

    private static void JudgeRefusals(ScenarioRun run, IReadOnlyList<Sample> samples)
    {
        var refused = samples.Where(s => s.Failure is not null).ToList();
        var wrong = refused.Where(s => s is not { Status: 429, HasRetryAfter: true }).ToList();
        run.Require(new("每次拒绝都是带 Retry-After 的 429", "every refusal a 429 with Retry-After"), "all",
            $"{refused.Count - wrong.Count} of {refused.Count}{(wrong.Count > 0 ? $": {string.Join("; ", wrong.GroupBy(w => w.Failure).Select(g => $"{g.Count()} × {g.Key}").Take(3))}" : "")}",
            refused.Count > 0 && wrong.Count == 0);
        run.Note(new("拒绝所用时间 p99", "p99 of the refusals"), Texts.Of(TimeSpan.FromMilliseconds(Figures.Quantile(refused, 0.99))));
    }
}
