using Evergrain.Engine;

namespace Evergrain.UnitTests.Engine;

/// <summary>When a device is believed, and what becomes of the calls when it is not.</summary>
public sealed class DeviceFailureTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Predict_SessionThrowsAndKnownAnswersAreRight_OnlyTheTextFails()
    {
        await using var engine = new EngineUnderTest();
        var answer = await engine.PredictAsync("x");
        Assert.Equal(ErrorCode.InferenceFailed, Assert.Single(answer.Results).Error);
        Assert.Equal(1, engine.Asked);
        Assert.False(engine.Failed.IsCompleted);
        Assert.Equal(ErrorCode.None, (await engine.PredictAsync("a")).Results[0].Error);
    }

    [Theory]
    [InlineData("x")] // throws
    [InlineData("n")] // is no number
    public async Task Predict_KnownAnswersWrongAfterAnError_NobodyIsAnswered(string text)
    {
        await using var engine = new EngineUnderTest { Sick = "wrong known answer" };
        var busy = await engine.OccupyAsync();
        var neighbours = new[] { engine.PredictAsync("a"), engine.PredictAsync(text) };
        var queued = engine.PredictAsync("b b b b b b b b b b b b"); // of another length: not in that batch
        engine.Session.LetGo();
        Assert.Equal(ErrorCode.None, (await busy).Results[0].Error);
        foreach (var call in neighbours) Assert.True((await Assert.ThrowsAsync<EngineFailedException>(() => call)).Running);
        Assert.False((await Assert.ThrowsAsync<EngineFailedException>(() => queued)).Running);
        Assert.False((await Assert.ThrowsAsync<EngineFailedException>(() => engine.PredictAsync("c"))).Running);
        var failure = await engine.Failed.WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal("cpu", failure.Device);
        Assert.Contains("wrong known answer", failure.Reason, StringComparison.Ordinal);
        Assert.Equal(1, engine.Asked);
    }

    [Theory]
    [InlineData(23, false)]
    [InlineData(30, true)]
    public async Task Predict_BusyAtTheEndOfTheInterval_KnownAnswersAreAsked(int seconds, bool asked)
    {
        await using var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        var next = engine.PredictAsync("b b b b b b b b b b b b");
        engine.Time.Advance(TimeSpan.FromSeconds(seconds));
        engine.Session.LetGo();
        await Task.WhenAll(busy, next);
        Assert.Equal(asked ? 1 : 0, engine.Asked);
    }

    [Fact]
    public async Task Predict_IntervalShortenedMeanwhile_KnownAnswersAreAskedSooner()
    {
        await using var engine = new EngineUnderTest();
        var busy = await engine.OccupyAsync();
        engine.Limits.Current = engine.Limits.Current with { ProbeInterval = TimeSpan.FromSeconds(5) };
        engine.Time.Advance(TimeSpan.FromSeconds(6));
        engine.Session.LetGo();
        await busy;
        await engine.PredictAsync("a"); // after the question
        Assert.Equal(1, engine.Asked);
    }

    [Fact]
    public async Task Predict_RunLimitShortenedMeanwhile_FailsAfterIt()
    {
        await using var engine = new EngineUnderTest();
        var running = await engine.OccupyAsync();
        engine.Limits.Current = engine.Limits.Current with { RunLimit = TimeSpan.FromSeconds(2) };
        engine.Time.Advance(TimeSpan.FromSeconds(2.5));
        await engine.Failed.WaitAsync(Limit, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<EngineFailedException>(() => running);
    }

    [Fact]
    public async Task Predict_LiesWithoutAnError_FoundOutAtTheInterval()
    {
        await using var engine = new EngineUnderTest { Sick = "'好' should be positive and is negative" };
        var busy = await engine.OccupyAsync();
        engine.Time.Advance(TimeSpan.FromSeconds(30));
        engine.Session.LetGo();
        Assert.Equal(ErrorCode.None, (await busy).Results[0].Error); // answered before anybody knew
        await engine.Failed.WaitAsync(Limit, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<EngineFailedException>(() => engine.PredictAsync("a"));
    }

    [Fact]
    public async Task Predict_NoMemoryForTheBatch_RunsInHalvesAndSmallerFromThenOn()
    {
        await using var engine = new EngineUnderTest(batchTokens: 256);
        engine.Session.OnRun = batch =>
        {
            if (batch.Rows > 22) throw new InvalidOperationException("Failed to allocate memory for requested buffer of size 123");
        };
        var busy = await engine.OccupyAsync();
        var call = engine.PredictAsync([.. Enumerable.Repeat("a", 80)]); // 3 tokens each: 80 in a batch
        engine.Session.LetGo();
        await busy;
        Assert.All((await call).Results, result => Assert.Equal(ErrorCode.None, result.Error));
        await engine.PredictAsync([.. Enumerable.Repeat("b", 80)]);
        Assert.Equal([1, 80, 40, 20, 20, 40, 20, 20, 42, 21, 21, 21, 17], engine.Session.Batches.Select(batch => batch.Length));
        Assert.False(engine.Failed.IsCompleted);
        Assert.Equal(0, engine.Asked);
    }

    [Fact]
    public async Task Predict_NoMemoryForOneText_Overloaded()
    {
        await using var engine = new EngineUnderTest();
        engine.Session.OnRun = _ => throw new InvalidOperationException("CUDA failure 2: out of memory ; GPU=0");
        var overloaded = await Assert.ThrowsAsync<EngineOverloadedException>(() => engine.PredictAsync("a"));
        Assert.Equal(TimeSpan.FromSeconds(1), overloaded.RetryAfter);
        Assert.False(engine.Failed.IsCompleted);
    }

    [Fact]
    public async Task Predict_RunDoesNotReturn_FailsAfterTheLimit()
    {
        var engine = new EngineUnderTest(runLimit: TimeSpan.FromSeconds(10));
        var running = await engine.OccupyAsync();
        var queued = engine.PredictAsync("b");
        engine.Time.Advance(TimeSpan.FromSeconds(9.5));
        Assert.False(engine.Failed.IsCompleted);
        engine.Time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal("a run does not return", (await engine.Failed.WaitAsync(Limit, TestContext.Current.CancellationToken)).Reason);
        Assert.True((await Assert.ThrowsAsync<EngineFailedException>(() => running)).Running);
        Assert.False((await Assert.ThrowsAsync<EngineFailedException>(() => queued)).Running);
        await engine.CloseAsync().AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken); // it is left behind
        engine.Session.LetGo();
    }
}
