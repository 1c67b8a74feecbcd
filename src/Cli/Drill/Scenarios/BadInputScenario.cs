using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class BadInputScenario : IScenario
{
    private const string Problem = "application/problem+json";
    private const double Flat = 1.1;

    /// <summary>Sent at the same time.</summary>
    private const int Senders = 4;

    public string Name => "bad-input";

    public int Fault => 22;

    public Bilingual Title => new("错误输入", "bad input");

    public Bilingual How => new(
        $"{BadInputs.All.Length} 种错误请求在正常负载旁反复发送", $"{BadInputs.All.Length} kinds of wrong requests, again and again beside a normal load");

    public Bilingual PassLine => new(
        "4xx 加问题详情,或正确的回答;从不 500;内存平稳", "4xx problem details or a right answer; never 500; memory flat");

    public string? WhyNotRun(DrillEnvironment environment) => null;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var (calm, length) = run.Quick ? (TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(12)) : (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60));
        await using var resources = ResourceLog.Start(run, TimeSpan.FromSeconds(1));
        await run.BeginAsync(cancellationToken);
        var begin = run.Clock.Now;
        await run.Clock.DelayAsync(calm, cancellationToken);
        var healthy = new Span(begin, run.Clock.Now);
        var before = await PidsAsync(run, cancellationToken);

        var from = run.Mark(MarkKind.Injection, "", "wrong requests, all kinds in turn");
        var found = await Task.WhenAll(Enumerable.Range(0, Senders).Select(n => SendAsync(run, n, from + length, cancellationToken)));
        var during = new Span(from, run.Mark(MarkKind.Healed, "", "no more of them"));
        await run.StopLoadAsync();

        var answers = found.SelectMany(f => f).ToList();
        foreach (var input in BadInputs.All)
            Judge(run, input, [.. answers.Where(a => a.Input == input).Select(a => a.Answer)]);
        run.RequireAtMost(new("5xx 或无回答", "5xx or no answer"), 0, answers.Count(a => a.Answer.Status is 0 or >= 500));
        var died = (await PidsAsync(run, cancellationToken)).Except(before).Count();
        run.RequireAtMost(new("因此而死的进程", "processes that died of it"), 0, died);
        run.Note(new("错误请求数", "wrong requests"), Texts.Of(answers.Count));
        run.RequireNoneFailed();
        run.RequireNoneWrong();
        run.RequireHealthy(healthy);
        run.Note(new("其间其他人的 p99", "the others' p99 meanwhile"), Texts.Of(TimeSpan.FromMilliseconds(Figures.Quantile(during.Of(run.Samples), 0.99))));
        var third = during.Length / 3;
        resources.RequireFlatMemory(new("其间的常驻内存", "resident memory meanwhile"),
            (during.From + third, during.From + 2 * third), (during.From + 2 * third, during.Until), Flat);
    }

    /// <summary>Every kind in turn; each sender begins at another.</summary>
    private static async Task<List<(BadInput Input, GatewayProbe.Answer Answer)>> SendAsync(ScenarioRun run, int sender, TimeSpan until, CancellationToken cancellationToken)
    {
        var found = new List<(BadInput, GatewayProbe.Answer)>();
        for (var n = sender * BadInputs.All.Length / Senders; found.Count < BadInputs.All.Length || run.Clock.Now < until; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var input = BadInputs.All[n % BadInputs.All.Length];
            var gateway = run.Cluster.Gateways[n % run.Cluster.Gateways.Length].Address;
            found.Add((input, await run.Probe.PostAsync(new Uri(gateway, input.Path), input.Body, input.MediaType)));
        }

        return found;
    }

    private static void Judge(ScenarioRun run, BadInput input, List<GatewayProbe.Answer> answers)
    {
        var wrong = answers.Where(a => !IsRight(input, a)).ToList();
        if (wrong.Count > 0 || answers.Count == 0)
        {
            run.Require(new($"{input.Path}:{input.Name}", $"{input.Path}: {input.Name}"), string.Join(" or ", input.Expected),
                answers.Count == 0 ? "never sent" : $"{wrong.Count} of {answers.Count}: {wrong[0].Status} {wrong[0].MediaType} {Shortened(wrong[0].Body)}", passed: false);
        }
    }

    private static bool IsRight(BadInput input, GatewayProbe.Answer answer)
        => input.Expected.Contains(answer.Status) && (answer.Status == 200 || (answer.MediaType == Problem && answer.Code.Length > 0));

    private static string Shortened(string body) => body.Length > 100 ? body[..100] + "…" : body;

    private static async Task<IReadOnlyList<int>> PidsAsync(ScenarioRun run, CancellationToken cancellationToken)
        => [.. (await run.Cluster.ProcessesAsync(cancellationToken)).Select(p => p.Pid).OfType<int>()];
}
