using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Lifecycle;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Silo.Lifecycle;

public sealed class DrainOnStopTests : IAsyncDisposable
{
    /// <summary>One look of the drain. What awaits it goes on within FakeTimeProvider.Advance: there is no context to post it to.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private static readonly ProcessIdentity Identity = new("silo", "silo-a", new EvergrainConfig { File = "/evergrain.yaml" });

    private readonly FakeTimeProvider _time = new();
    private readonly EngineHost _host;
    private readonly DrainOnStop _drain;

    public DrainOnStopTests()
    {
        _host = TestHost.Create(_time);
        _host.Open(new FakeEngine());
        _drain = new(_host, new(_host, Identity, _time), Identity, _time, NullLogger<DrainOnStop>.Instance);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void StoppingAsync_AtOnce_Draining()
    {
        _ = _drain.StoppingAsync(TestContext.Current.CancellationToken);

        Assert.Equal((SiloState.Draining, "stopping"), (_host.State, _host.Reason));
    }

    [Fact]
    public async Task StoppingAsync_NoCalls_EndsAfterTwoIntervals()
    {
        var stopping = _drain.StoppingAsync(TestContext.Current.CancellationToken);

        Assert.Equal(TimeSpan.FromMilliseconds(400), await AdvanceUntilAsync(stopping));
        Assert.True(_drain.Done.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task StoppingAsync_CallThatComesWhileItIsAnnounced_IsAnswered()
    {
        var stopping = _drain.StoppingAsync(TestContext.Current.CancellationToken);
        Advance(TimeSpan.FromMilliseconds(380));

        Assert.NotNull(_host.TryEnter());
        Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_host.TryEnter());
        Assert.False(stopping.IsCompleted);
        _host.Leave();

        Assert.Equal(Look, await AdvanceUntilAsync(stopping));
    }

    [Fact]
    public void StoppingAsync_DrainedByAnOperatorBefore_EndsAtOnce()
    {
        _host.Drain();
        _host.Close(_host.Condition);

        Assert.True(_drain.StoppingAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully);
        Assert.Equal("stopping", _host.Reason);
    }

    [Fact]
    public async Task StoppingAsync_CallInside_WaitsForIt()
    {
        _host.TryEnter();
        var stopping = _drain.StoppingAsync(TestContext.Current.CancellationToken);

        Advance(TimeSpan.FromSeconds(3));
        Assert.False(stopping.IsCompleted);
        _host.Leave();

        Assert.Equal(TimeSpan.FromMilliseconds(20), await AdvanceUntilAsync(stopping));
    }

    [Fact]
    public async Task StoppingAsync_CallThatNeverEnds_EndsAfterTenSeconds()
    {
        _host.TryEnter();
        var stopping = _drain.StoppingAsync(TestContext.Current.CancellationToken);

        Assert.Equal(TimeSpan.FromSeconds(10), await AdvanceUntilAsync(stopping));
        Assert.True(_drain.Done.IsCompletedSuccessfully);
    }

    private void Advance(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Look) _time.Advance(Look);
    }

    private async Task<TimeSpan> AdvanceUntilAsync(Task task)
    {
        var began = _time.GetTimestamp();
        while (!task.IsCompleted && _time.GetElapsedTime(began) < TimeSpan.FromMinutes(1)) _time.Advance(Look);
        await task;
        return _time.GetElapsedTime(began);
    }
}
