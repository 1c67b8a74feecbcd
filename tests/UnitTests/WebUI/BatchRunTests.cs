using System.Collections.Immutable;
using Evergrain.WebUI.App.Batch;
using Evergrain.WebUI.App.Gateways;

namespace Evergrain.UnitTests.WebUI;

public class BatchRunTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public Task Run_ManyRows_EachItsOwnAnswer() => OnOneThread(async () =>
    {
        var texts = Texts(3_000);
        var run = new BatchRun(texts, new Predictor(), TimeProvider.System);
        await RunAsync(run);
        RequireAll(run, texts);
    });

    [Fact]
    public Task Run_CallsFailInPassing_AskedAgainUntilAllAreAnswered() => OnOneThread(async () =>
    {
        var texts = Texts(2_000);
        var calls = 0;
        var predictor = new Predictor
        {
            OnCall = _ => ++calls % 3 == 0 ? throw new CallException(calls % 2 == 0 ? CallException.Unreachable : "no_silo", "", TimeSpan.FromMilliseconds(10)) : null,
        };
        var run = new BatchRun(texts, predictor, TimeProvider.System);
        await RunAsync(run);
        RequireAll(run, texts);
        Assert.True(run.AskedAgain > 0);
        Assert.Null(run.Trouble);
    });

    [Fact]
    public Task Run_ServiceAway_SaysSoAsksWithOneCallAtATimeAndGoesOn() => OnOneThread(async () =>
    {
        var texts = Texts(500);
        var away = true;
        var (inFlight, most) = (0, 0);
        var predictor = new Predictor
        {
            Before = async () =>
            {
                if (!away) return;
                most = Math.Max(most, ++inFlight);
                await Task.Delay(20);
                inFlight--;
                throw new CallException(CallException.Unreachable, "", TimeSpan.FromMilliseconds(10));
            },
        };
        var run = new BatchRun(texts, predictor, TimeProvider.System);
        var running = RunAsync(run);
        await Task.Delay(200);
        Assert.Equal((CallException.Unreachable, 0), (run.Trouble, run.Done));
        most = 0;
        await Task.Delay(700);
        Assert.Equal(1, most);
        away = false;
        await running;
        RequireAll(run, texts);
    });

    [Fact]
    public Task Run_RowIsRefused_ItAloneFailsAndSaysWhy() => OnOneThread(async () =>
    {
        var texts = Texts(300);
        var predictor = new Predictor { OnRow = text => text == texts[7] ? new RowProblem("suspected_poison", "seen twice") : null };
        var run = new BatchRun(texts, predictor, TimeProvider.System);
        await RunAsync(run);
        Assert.Equal((RowState.Failed, "suspected_poison"), (run.StateOf(7), run.ProblemOf(7)?.Code));
        Assert.Equal((299, 1, 0), (run.Done, run.Failed, run.Left));
    });

    [Fact]
    public Task Run_RowsOwnFault_TriedAFewTimes() => OnOneThread(async () =>
    {
        var texts = Texts(100);
        var tries = 0;
        var predictor = new Predictor { OnRow = text => text == texts[3] ? new RowProblem("inference_failed", $"{++tries}") : null };
        var run = new BatchRun(texts, predictor, TimeProvider.System);
        await RunAsync(run);
        Assert.Equal((3, 1, 99), (tries, run.Failed, run.Done));
        predictor.OnRow = null;
        run.ResetFailed();
        await RunAsync(run);
        RequireAll(run, texts);
    });

    [Fact]
    public Task Run_RowIsAnsweredAtTheSecondTry_NotFailed() => OnOneThread(async () =>
    {
        var texts = Texts(100);
        var tries = 0;
        var run = new BatchRun(texts, new Predictor { OnRow = text => text == texts[3] && ++tries == 1 ? new RowProblem("internal", "") : null }, TimeProvider.System);
        await RunAsync(run);
        RequireAll(run, texts);
    });

    [Fact]
    public Task Run_CallIsRefused_CutUntilTheRowIsFound() => OnOneThread(async () =>
    {
        var texts = Texts(200);
        var predictor = new Predictor { OnCall = call => call.Contains(texts[123]) ? throw new CallException("too_large", "over") : null };
        var run = new BatchRun(texts, predictor, TimeProvider.System);
        await RunAsync(run);
        Assert.Equal((199, "too_large"), (run.Done, run.ProblemOf(123)?.Code));
    });

    [Fact]
    public Task Run_BlankRows_NeverSent() => OnOneThread(async () =>
    {
        string[] texts = ["好", "", "  ", "差"];
        var predictor = new Predictor();
        var run = new BatchRun(texts, predictor, TimeProvider.System);
        await RunAsync(run);
        Assert.Equal((2, 2, 0, RowState.Empty), (run.Done, run.Empty, run.Left, run.StateOf(1)));
        Assert.Equal(["好", "差"], predictor.Seen);
    });

    [Fact]
    public Task Cancel_Midway_TheRestWaitsForAnotherRun() => OnOneThread(async () =>
    {
        var texts = Texts(5_000);
        using var cancel = new CancellationTokenSource();
        var predictor = new Predictor { Before = () => Task.Delay(5) };
        var run = new BatchRun(texts, predictor, TimeProvider.System);
        var running = run.RunAsync(cancel.Token);
        while (run.Done < 500) await Task.Delay(5);
        await cancel.CancelAsync();
        await running.WaitAsync(Limit);
        Assert.True(run is { Cancelled: true, Running: false, Left: > 0 });
        await RunAsync(run);
        RequireAll(run, texts);
    });

    [Fact]
    public Task Pause_Midway_NothingIsAskedUntilItGoesOn() => OnOneThread(async () =>
    {
        var texts = Texts(5_000);
        var run = new BatchRun(texts, new Predictor { Before = () => Task.Delay(5) }, TimeProvider.System);
        var running = RunAsync(run);
        while (run.Done < 500) await Task.Delay(5);
        run.Paused = true;
        await Task.Delay(200);
        var done = run.Done;
        await Task.Delay(200);
        Assert.Equal(done, run.Done);
        run.Paused = false;
        await running;
        RequireAll(run, texts);
    });

    [Fact]
    public Task Run_LongTexts_CallsStaySmallAndTextsAreCut() => OnOneThread(async () =>
    {
        var texts = Enumerable.Range(0, 10).Select(i => i + new string('长', 140_000)).ToArray();
        var longest = 0;
        var predictor = new Predictor { OnCall = call => { longest = Math.Max(longest, call.Sum(t => t.Length)); return null; } };
        await RunAsync(new BatchRun(texts, predictor, TimeProvider.System));
        Assert.InRange(longest, 1, ChunkSize.MostCharacters);
    });

    [Fact]
    public void ChunkSize_FastAndSlowAnswers_GrowsShrinksAndKeepsBounds()
    {
        var size = new ChunkSize();
        for (var i = 0; i < 50; i++) size.Answered(size.Texts, TimeSpan.FromMilliseconds(10));
        Assert.Equal(ChunkSize.Most, size.Texts);
        for (var i = 0; i < 50; i++) size.Answered(size.Texts, TimeSpan.FromSeconds(20));
        Assert.Equal(ChunkSize.Least, size.Texts);
        Assert.InRange(size.LimitOf(size.Texts), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60));
        for (var i = 0; i < 50; i++) size.Failed();
        Assert.InRange(size.Texts, 1, 10);
    }

    /// <summary>As in a browser: a run is not made for two threads.</summary>
    private static Task OnOneThread(Func<Task> test)
        => Task.Factory.StartNew(test, CancellationToken.None, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    private static string[] Texts(int count) => [.. Enumerable.Range(0, count).Select(i => $"第{i}条")];

    private static Task RunAsync(BatchRun run) => run.RunAsync(CancellationToken.None).WaitAsync(Limit);

    private static void RequireAll(BatchRun run, string[] texts)
    {
        Assert.Equal((texts.Length, 0, 0), (run.Done, run.Failed, run.Left));
        Assert.All(Enumerable.Range(0, texts.Length), row => Assert.Equal(Predictor.Positive(texts[row]), run.MoodOf(row)!.Value.Positive));
    }

    /// <summary>Answers each text with a number of its own, so that a row with another's answer shows.</summary>
    private sealed class Predictor : IPredictor
    {
        public Func<IReadOnlyList<string>, object?>? OnCall { get; init; }

        public Func<string, RowProblem?>? OnRow { get; set; }

        public Func<Task>? Before { get; init; }

        public ImmutableList<string> Seen { get; private set; } = [];

        public static float Positive(string text) => (uint)text.GetHashCode(StringComparison.Ordinal) / (float)uint.MaxValue;

        public async Task<PredictAnswer> PredictAsync(IReadOnlyList<string> texts, CallLimits limits, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (Before is not null) await Before();
            cancellationToken.ThrowIfCancellationRequested();
            OnCall?.Invoke(texts);
            Seen = Seen.AddRange(texts);
            return new PredictAnswer { Results = [.. texts.Select(Row)] };
        }

        private PredictRow Row(string text) => OnRow?.Invoke(text) is { } problem
            ? new PredictRow { Error = problem }
            : new PredictRow { Probabilities = ImmutableDictionary<string, float>.Empty.Add("positive", Positive(text)), ServedBy = "silo-a", Version = "2" };
    }
}
