using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Lifecycle;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Silo.Lifecycle;

public sealed class SiloDrainTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly EngineHost _host;
    private readonly SiloDrain _drain;

    public SiloDrainTests()
    {
        _host = TestHost.Create(_time);
        _host.Open(new FakeEngine());
        _drain = new(_host, new("silo", "silo-a", new EvergrainConfig { File = "/evergrain.yaml" }), _time);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task FinishAsync_NoCalls_TrueAfterTheAnnouncement()
    {
        _host.Drain();
        var finished = _drain.FinishAsync(Limit, TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromMilliseconds(399));
        Assert.False(finished.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await finished);
    }

    [Fact]
    public async Task FinishAsync_TakenBackWhileAnnounced_FalseAndTheSiloStaysOpen()
    {
        _host.Drain();
        var finished = _drain.FinishAsync(Limit, TestContext.Current.CancellationToken);
        _host.Undrain();

        _time.Advance(TimeSpan.FromMilliseconds(400));

        Assert.False(await finished);
        Assert.NotNull(_host.TryEnter());
    }

    [Fact]
    public async Task FinishAsync_CallThatNeverEnds_FalseAfterTheLimit()
    {
        _host.TryEnter();
        _host.Drain();
        var finished = _drain.FinishAsync(Limit, TestContext.Current.CancellationToken);

        for (var i = 0; i < 20 && !finished.IsCompleted; i++) _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(await finished);
        Assert.Equal(1, _host.Calls);
    }
}
