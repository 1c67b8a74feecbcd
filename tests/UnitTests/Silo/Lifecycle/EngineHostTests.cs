using Evergrain.Engine;
using Evergrain.Silo;
using Evergrain.Silo.Lifecycle;
using Microsoft.Extensions.Logging.Abstractions;

namespace Evergrain.UnitTests.Silo.Lifecycle;

public sealed class EngineHostTests : IAsyncDisposable
{
    private readonly EngineHost _host = new(new SiloIdentity("silo-a", 7), TimeProvider.System, NullLogger<EngineHost>.Instance);
    private readonly FakeEngine _engine
        = new() { Load = new EngineLoad { QueuedTokens = 12, InFlight = 3, DrainRate = 900, BusyShare = 0.5 } };

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public void TryEnter_Starting_NothingAndNotCounted()
    {
        Assert.Null(_host.TryEnter());
        Assert.Equal(0, _host.Calls);
    }

    [Fact]
    public void TryEnter_Ready_EngineAndCountedUntilLeave()
    {
        _host.Open(_engine);

        Assert.Same(_engine, _host.TryEnter());
        Assert.Equal(1, _host.Calls);
        _host.Leave();
        Assert.Equal(0, _host.Calls);
    }

    [Fact]
    public void TryEnter_Draining_NothingButCallsInsideStayCounted()
    {
        _host.Open(_engine);
        _host.TryEnter();

        _host.Drain("stopping");

        Assert.Null(_host.TryEnter());
        Assert.Equal(1, _host.Calls);
    }

    [Fact]
    public void Open_AfterDrain_StaysDraining()
    {
        _host.Drain("stopping");

        Assert.False(_host.Open(_engine));
        Assert.Equal(SiloState.Draining, _host.State);
    }

    [Fact]
    public async Task DisposeAsync_AfterOpenInDrain_EngineDisposedOnce()
    {
        _host.Drain("stopping");
        _host.Open(_engine);

        await _host.DisposeAsync();
        await _host.DisposeAsync();

        Assert.Equal(1, _engine.Disposed);
    }

    [Fact]
    public void Fail_WithReason_InTheReport()
    {
        _host.Fail("model.onnx: wrong hash");

        var report = _host.CurrentReport();
        Assert.Equal(SiloState.Failed, report.State);
        Assert.Equal("model.onnx: wrong hash", report.Reason);
        Assert.Same(ModelIdentity.None, report.Model);
    }

    [Fact]
    public void CurrentReport_Ready_LoadAndModelOfTheEngine()
    {
        _host.Open(_engine);

        var report = _host.CurrentReport();

        Assert.Equal(("silo-a", 7), (report.Silo, report.BootId));
        Assert.Equal((12, 3, 900, 0.5), (report.QueuedTokens, report.InFlight, report.DrainRate, report.DeviceLoad));
        Assert.InRange(report.DeviceMemory, 0.0001, 1);
        Assert.Same(_engine.Model, report.Model);
        Assert.Null(report.Reason);
    }

    [Fact]
    public void CurrentReport_FromManyThreads_EveryNumberOnce()
    {
        var numbers = new long[4000];
        Parallel.For(0, numbers.Length, i => numbers[i] = _host.CurrentReport().Sequence);

        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        Assert.True(_host.CurrentReport().Sequence > numbers.Max());
    }

    [Fact]
    public void CurrentReport_StateChangesMeanwhile_ReportOfTheChangeIsTheNewer()
    {
        LoadReport? ofTheChange = null;
        _host.Open(_engine);
        _host.Changed += () => ofTheChange = _host.CurrentReport();
        // Asked while a report is being made.
        _engine.LoadRead = () => _host.Drain("stopping");

        var overtaken = _host.CurrentReport();

        Assert.Equal((SiloState.Ready, SiloState.Draining), (overtaken.State, ofTheChange!.State));
        Assert.True(overtaken.Sequence < ofTheChange.Sequence);
    }

    [Fact]
    public void Changed_EachStep_RaisedWithTheNewState()
    {
        List<(SiloState, string?)> seen = [];
        _host.Changed += () => seen.Add((_host.State, _host.Reason));

        _host.Explain("loading the model");
        _host.Open(_engine);
        _host.Open(_engine);
        _host.Drain("stopping");

        Assert.Equal([(SiloState.Starting, "loading the model"), (SiloState.Ready, null), (SiloState.Draining, "stopping")], seen);
    }
}
