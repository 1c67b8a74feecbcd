using System.Collections.Immutable;
using Evergrain.Engine;
using Evergrain.Engine.Batching;
using Evergrain.Engine.Models;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Engine;

/// <summary>An engine over fake sessions and a clock that stands still. 1,000 tokens a second, as far as it knows.</summary>
internal sealed class EngineUnderTest : IAsyncDisposable
{
    private static readonly ModelPackage Package = ModelPackage.Load(TestData.Path("tiny-model"));

    private readonly BatchingEngine _engine;

    public EngineUnderTest(int batchTokens = 1000, TimeSpan? maxQueueWait = null, TimeSpan? runLimit = null)
    {
        Session = new FakeSession(new FakeVocabulary());
        Limits.Current = new() { MaxQueueWait = maxQueueWait ?? TimeSpan.FromHours(1), RunLimit = runLimit ?? TimeSpan.FromHours(1) };
        var options = new EngineOptions { ModelPath = "", BatchTokens = batchTokens, Limits = Limits };
        var slot = new OpenSlot("cpu", Session, BatchBudget.For(cpu: true, batchTokens), FirstRate: 1000);
        _engine = new BatchingEngine(Package, options, [slot], Time, _ => Ask);
    }

    public FakeTimeProvider Time { get; } = new();

    public FakeSession Session { get; }

    public LiveLimits Limits { get; } = new(new EngineLimits());

    public EngineLoad Load => _engine.Load;

    public Task<EngineFailure> Failed => _engine.Failed;

    /// <summary>What is wrong with the session's known answers, whenever they are asked.</summary>
    public string? Sick { get; set; }

    /// <summary>How often the known answers were asked.</summary>
    public int Asked { get; private set; }

    public Task<EngineAnswer> PredictAsync(params ImmutableArray<string> texts) => PredictAsync(Lane.Interactive, texts);

    public Task<EngineAnswer> PredictAsync(Lane lane, params ImmutableArray<string> texts)
        => _engine.PredictAsync(texts, TimeSpan.FromMinutes(1), lane, TestContext.Current.CancellationToken);

    public Task<EngineAnswer> PredictAsync(TimeSpan timeLeft, CancellationToken cancellationToken, params ImmutableArray<string> texts)
        => _engine.PredictAsync(texts, timeLeft, Lane.Interactive, cancellationToken);

    /// <summary>Makes the slot busy with the text "s", so that what comes next is queued.</summary>
    public async Task<Task<EngineAnswer>> OccupyAsync()
    {
        Session.Hold();
        var call = PredictAsync("s");
        await Session.Started.WaitAsync(TestContext.Current.CancellationToken);
        return call;
    }

    public async ValueTask DisposeAsync()
    {
        Session.LetGo();
        await _engine.DisposeAsync();
    }

    public ValueTask CloseAsync() => _engine.DisposeAsync();

    private string? Ask()
    {
        Asked++;
        return Sick;
    }
}
