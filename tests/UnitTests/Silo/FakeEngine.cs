using System.Collections.Immutable;
using Evergrain.Engine;

namespace Evergrain.UnitTests.Silo;

/// <summary>An engine that serves nothing and counts its ends.</summary>
internal sealed class FakeEngine : IInferenceEngine
{
    private readonly TaskCompletionSource _ended = new();

    public int Disposed { get; private set; }

    /// <summary>Completes with the first end.</summary>
    public Task Ended => _ended.Task;

    public ModelIdentity Model { get; init; } = new() { Name = "sentiment", Version = "1.0", Hash = "abc", Labels = ["negative", "positive"] };

    public string Plan => "nothing";

    /// <summary>Called whenever the load is read, once set.</summary>
    public Action? LoadRead { get; set; }

    public ImmutableArray<DeviceUse> Devices { get; set; } = [new DeviceUse("cpu", 0, 1, 1)];

    public TaskCompletionSource<EngineFailure> Failure { get; } = new();

    public Task<EngineFailure> Failed => Failure.Task;

    public EngineLoad Load
    {
        get
        {
            LoadRead?.Invoke();
            return field;
        }
        set;
    }

    public Task<EngineAnswer> PredictAsync(
        ImmutableArray<string> texts, TimeSpan timeLeft, Lane lane, CancellationToken cancellationToken = default)
        => throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        Disposed++;
        _ended.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
