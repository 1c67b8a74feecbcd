using System.Collections.Immutable;
using Evergrain.Engine;

namespace Evergrain.UnitTests.Engine;

/// <summary>A text of n letters with blanks between them is n + 2 tokens long.</summary>
public sealed class BatchingEngineTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Predict_QueuedWhileBusy_OneBatch()
    {
        await using var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        var calls = new[] { engine.PredictAsync("a"), engine.PredictAsync("b"), engine.PredictAsync("c", "d") };
        engine.Session.LetGo();
        await busy;
        var answers = await Task.WhenAll(calls);
        Assert.Equal(["s", "abcd"], engine.Session.Batches);
        Assert.All(
            answers.SelectMany(answer => answer.Results),
            result => Assert.Equal((ErrorCode.None, 3, 1), (result.Error, result.Tokens, result.LabelIndex)));
    }

    [Theory]
    [InlineData(12, "abcd", "ef")] // four texts of three tokens
    [InlineData(11, "abc", "def")]
    [InlineData(3, "a", "b", "c", "d", "e", "f")]
    [InlineData(1, "a", "b", "c", "d", "e", "f")] // a text over the budget runs alone
    public async Task Predict_Budget_CutsBatches(int budget, params string[] batches)
    {
        await using var engine = new EngineUnderTest(budget);
        var busy = await engine.OccupyAsync();
        var call = engine.PredictAsync("a", "b", "c", "d", "e", "f");
        engine.Session.LetGo();
        await Task.WhenAll(busy, call);
        Assert.Equal(["s", .. batches], engine.Session.Batches);
    }

    [Fact]
    public async Task Predict_LengthsFarApart_OldestWithItsLikes()
    {
        await using var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        var call = engine.PredictAsync("a", "b b b b b b b b b b b b", "c", "d d d d d d d d d d d d");
        engine.Session.LetGo();
        await Task.WhenAll(busy, call);
        Assert.Equal(["s", "ac", "bd"], engine.Session.Batches);
    }

    [Fact]
    public async Task Predict_BulkQueuedFirst_InteractiveRunsFirst()
    {
        await using var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        var calls = new[] { engine.PredictAsync(Lane.Bulk, "b", "c"), engine.PredictAsync("i") };
        engine.Session.LetGo();
        await Task.WhenAll([busy, .. calls]);
        Assert.Equal(["s", "i", "b", "c"], engine.Session.Batches); // and the file in short batches: more people may come
    }

    [Theory]
    [InlineData(false, "x", "ab")]
    [InlineData(true, "ab", "x")]
    public async Task Predict_Alone_SharesNoBatch(bool behind, params string[] batches)
    {
        await using var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        var first = behind ? engine.PredictAsync("a") : engine.PredictAsync(Lane.Alone, "x");
        var second = behind ? engine.PredictAsync(Lane.Alone, "x") : engine.PredictAsync("a");
        var third = engine.PredictAsync("b");
        engine.Session.LetGo();
        await Task.WhenAll(busy, first, second, third);
        Assert.Equal(["s", .. batches], engine.Session.Batches);
    }

    [Fact]
    public async Task Predict_BulkWaitsForASecond_HasOneTurn()
    {
        await using var engine = new EngineUnderTest(batchTokens: 3);
        var busy = await engine.OccupyAsync();
        var calls = new[] { engine.PredictAsync(Lane.Bulk, "b", "c"), engine.PredictAsync("i", "j") };
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        engine.Session.LetGo();
        await Task.WhenAll([busy, .. calls]);
        Assert.Equal(["s", "b", "i", "j", "c"], engine.Session.Batches);
    }

    [Fact]
    public async Task Predict_CancelledWhileQueued_NeverRuns()
    {
        await using var engine = new EngineUnderTest();
        using var caller = new CancellationTokenSource();
        var busy = await engine.OccupyAsync();
        var left = engine.PredictAsync(TimeSpan.FromMinutes(1), caller.Token, "a", "b");
        var stays = engine.PredictAsync("c");
        Assert.Equal(9, engine.Load.QueuedTokens);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left); // at once: the slot is still busy
        Assert.Equal((3, 2), (engine.Load.QueuedTokens, engine.Load.InFlight));
        engine.Session.LetGo();
        await Task.WhenAll(busy, stays);
        Assert.Equal(["s", "c"], engine.Session.Batches);
    }

    [Fact]
    public async Task Predict_DeadlinePassedInQueue_ErrorWithoutRunning()
    {
        await using var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        var late = engine.PredictAsync(TimeSpan.FromSeconds(2), Cancelled, "a", "b");
        var stays = engine.PredictAsync(TimeSpan.FromSeconds(20), Cancelled, "c");
        engine.Time.Advance(TimeSpan.FromSeconds(2));
        engine.Session.LetGo();
        await Task.WhenAll(busy, stays);
        Assert.All((await late).Results, result => Assert.Equal(ErrorCode.DeadlineExceeded, result.Error));
        Assert.Equal(TimeSpan.FromSeconds(2), (await late).Timings.Queue);
        Assert.Equal(["s", "c"], engine.Session.Batches);
    }

    [Fact]
    public async Task Predict_PoisonInBatch_FailsAlone()
    {
        await using var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        var poison = engine.PredictAsync("x");
        var good = engine.PredictAsync("a", "b");
        engine.Session.LetGo();
        await busy;
        var failed = Assert.Single((await poison).Results);
        Assert.Equal(ErrorCode.InferenceFailed, failed.Error);
        Assert.Contains("InvalidOperationException: poisoned", failed.Detail, StringComparison.Ordinal);
        Assert.All((await good).Results, result => Assert.Equal(ErrorCode.None, result.Error));
        Assert.Equal(["s", "xab", "x", "a", "b"], engine.Session.Batches);
    }

    [Fact]
    public async Task Predict_NotANumber_FailsAlone()
    {
        await using var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        var call = engine.PredictAsync("a", "n", "b");
        engine.Session.LetGo();
        await busy;
        Assert.Equal([ErrorCode.None, ErrorCode.InferenceFailed, ErrorCode.None], (await call).Results.Select(result => result.Error));
        Assert.Equal(["s", "anb", "n"], engine.Session.Batches);
    }

    [Fact]
    public async Task Predict_QueueOverItsLimit_OverloadedWithTime()
    {
        await using var engine = new EngineUnderTest(maxQueueWait: TimeSpan.FromMilliseconds(10));
        var busy = await engine.OccupyAsync();
        var queued = engine.PredictAsync(Lane.Bulk, "a", "b", "c", "d", "e"); // 15 tokens: with the 3 that run, 18 ms
        var overloaded = await Assert.ThrowsAsync<EngineOverloadedException>(() => engine.PredictAsync(Lane.Bulk, "f"));
        Assert.Equal(8, overloaded.RetryAfter.TotalMilliseconds, 0.1);
        var interactive = engine.PredictAsync("i"); // bulk does not stand in its way
        engine.Session.LetGo();
        await Task.WhenAll(busy, queued, interactive);
        Assert.Equal(ErrorCode.None, (await engine.PredictAsync(Lane.Bulk, "f")).Results[0].Error);
    }

    [Fact]
    public async Task Predict_QueueLimitRaisedMeanwhile_IsTakenOn()
    {
        await using var engine = new EngineUnderTest(maxQueueWait: TimeSpan.FromMilliseconds(10));
        var busy = await engine.OccupyAsync();
        var queued = engine.PredictAsync(Lane.Bulk, "a", "b", "c", "d", "e"); // 15 tokens: with the 3 that run, 18 ms
        await Assert.ThrowsAsync<EngineOverloadedException>(() => engine.PredictAsync(Lane.Bulk, "f"));
        engine.Limits.Current = engine.Limits.Current with { MaxQueueWait = TimeSpan.FromMilliseconds(20) };
        var taken = engine.PredictAsync(Lane.Bulk, "f");
        engine.Session.LetGo();
        await Task.WhenAll(busy, queued, taken);
    }

    [Fact]
    public async Task Predict_WaitTooLongForItsTime_OverloadedWithTime()
    {
        await using var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        var queued = engine.PredictAsync("a", "b", "c", "d", "e"); // 15 tokens: with the 3 that run, 18 ms
        var overloaded = await Assert.ThrowsAsync<EngineOverloadedException>(
            () => engine.PredictAsync(TimeSpan.FromMilliseconds(37), TestContext.Current.CancellationToken, "f"));
        Assert.Equal(1, overloaded.RetryAfter.TotalMilliseconds, 0.1); // of the 34 ms that it can spare, half
        var patient = engine.PredictAsync(TimeSpan.FromMilliseconds(40), TestContext.Current.CancellationToken, "g");
        engine.Session.LetGo();
        await Task.WhenAll(busy, queued, patient);
    }

    [Fact]
    public async Task Predict_LongerThanItsTime_OnlyWhereTheEngineIsIdle()
    {
        await using var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        ImmutableArray<string> texts = ["a", "b", "c", "d"]; // 12 tokens: 12 ms
        var overloaded = await Assert.ThrowsAsync<EngineOverloadedException>(
            () => engine.PredictAsync(TimeSpan.FromMilliseconds(13), TestContext.Current.CancellationToken, texts));
        Assert.Equal(2, overloaded.RetryAfter.TotalMilliseconds, 0.1); // 3 ms still run
        engine.Session.LetGo();
        await busy;
        engine.Time.Advance(TimeSpan.FromMilliseconds(3)); // the slot may not have noted yet that its batch is over
        await engine.PredictAsync(TimeSpan.FromMilliseconds(11), TestContext.Current.CancellationToken, texts);
    }

    [Theory]
    [InlineData(500, "s", "a", "b", "c", "d", "e", "f")] // 4 ms of 1,000 tokens a second are 4 tokens, one text
    [InlineData(1500, "s", "abcdef")]
    public async Task Predict_BulkWhilePeopleCome_ShortBatches(int agoMilliseconds, params string[] batches)
    {
        await using var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        var bulk = engine.PredictAsync(Lane.Bulk, "a", "b", "c", "d", "e", "f");
        engine.Time.Advance(TimeSpan.FromMilliseconds(agoMilliseconds));
        engine.Session.LetGo();
        await Task.WhenAll(busy, bulk);
        Assert.Equal(batches, engine.Session.Batches);
    }

    [Fact]
    public async Task Load_BusySlot_TellsWhatIsLeft()
    {
        await using var engine = new EngineUnderTest();
        Assert.Equal(new EngineLoad { DrainRate = 1000, BatchTokens = 1000 }, engine.Load);
        var busy = await engine.OccupyAsync();
        var queued = engine.PredictAsync("a b");
        engine.Time.Advance(TimeSpan.FromMilliseconds(1));
        var load = engine.Load;
        Assert.Equal((4, 2, 1000d), (load.QueuedTokens, load.InFlight, load.DrainRate));
        Assert.Equal(TimeSpan.FromMilliseconds(2), load.RestOfBatch); // 3 tokens at 1,000 a second, of which 1 ms is over
        Assert.InRange(load.BusyShare, 0.0001, 0.001);
        engine.Session.LetGo();
        await Task.WhenAll(busy, queued);
    }

    [Fact]
    public async Task Dispose_WithWork_FinishesWhatRunsAndFailsTheRest()
    {
        var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        var queued = engine.PredictAsync("a");
        var closing = engine.CloseAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => queued);
        Assert.False(closing.IsCompleted);
        Assert.False(engine.Session.Disposed);
        engine.Session.LetGo();
        Assert.Equal(ErrorCode.None, (await busy).Results[0].Error);
        await closing;
        Assert.True(engine.Session.Disposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.PredictAsync("b"));
        Assert.Equal(["s"], engine.Session.Batches);
        await engine.CloseAsync(); // twice is once
    }

    [Fact]
    public async Task Predict_NoTexts_EmptyAnswer()
    {
        await using var engine = new EngineUnderTest();
        Assert.Empty((await engine.PredictAsync([])).Results);
    }

    [Fact]
    public async Task Predict_HugeText_TruncatedAndAnswered()
    {
        await using var engine = new EngineUnderTest();
        var result = Assert.Single((await engine.PredictAsync(new string('好', 200_000))).Results);
        Assert.Equal((ErrorCode.None, true, 48), (result.Error, result.Truncated, result.Tokens));
    }

    [Fact]
    public async Task Predict_ManyCallers_EachHasItsOwnAnswer()
    {
        await using var engine = new EngineUnderTest(batchTokens: 64);
        var calls = Enumerable.Range(1, 40).SelectMany(_ => Enumerable.Range(1, 20)).Select(letters => Task.Run(
            async () =>
            {
                var answer = await engine.PredictAsync(string.Join(' ', Enumerable.Repeat("a", letters)));
                Assert.Equal(letters + 2, answer.Results[0].Tokens);
            },
            Cancelled));
        await Task.WhenAll(calls);
        Assert.Equal((0, 0), (engine.Load.QueuedTokens, engine.Load.InFlight));
    }
}
