using Evergrain.Engine;
using Evergrain.Silo.Lifecycle;
using Evergrain.Silo.Membership;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Silo.Lifecycle;

public sealed class EngineHostTests : IAsyncDisposable
{
    private readonly EngineHost _host = TestHost.Create(TimeProvider.System);
    private readonly FakeEngine _engine
        = new() { Load = new EngineLoad { QueuedTokens = 12, InFlight = 3, DrainRate = 900, BusyShare = 0.5 }, Devices = [new DeviceUse("cpu", 0.5, 1, 1)] };

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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TryEnter_DrainAnnounced_StillAnswersUntilItCloses(bool stopping)
    {
        _host.Open(_engine);
        Assert.True(stopping ? _host.BeginStop() : _host.Drain());

        Assert.Equal(SiloState.Draining, _host.State);
        Assert.Same(_engine, _host.TryEnter());
        _host.Close(_host.Condition);

        Assert.Null(_host.TryEnter());
        Assert.Equal(1, _host.Calls);
    }

    /// <summary>What a stop relies on: once it has closed the silo and reads no call inside, none enters any more.</summary>
    [Fact]
    public async Task TryEnter_ClosedOverAndOver_NobodyEntersOnceTheCloserSawNobody()
    {
        _host.Open(_engine);
        var (over, closed, broken) = (false, false, 0);

        void Enter()
        {
            while (!Volatile.Read(ref over))
            {
                if (_host.TryEnter() is null) continue;
                if (Volatile.Read(ref closed)) Interlocked.Increment(ref broken);
                _host.Leave();
            }
        }

        var callers = new[] { Task.Run(Enter), Task.Run(Enter) };
        for (var i = 0; i < 20_000; i++)
        {
            _host.Drain();
            _host.Close(_host.Condition);
            SpinWait.SpinUntil(() => _host.Calls == 0);
            Volatile.Write(ref closed, true);
            // Time for a caller that looked before the close and counts itself only now.
            Thread.SpinWait(50);
            Volatile.Write(ref closed, false);
            _host.Undrain();
        }

        Volatile.Write(ref over, true);
        await Task.WhenAll(callers);
        Assert.Equal(0, broken);
    }

    [Fact]
    public void Undrain_OperatorsDrain_ReadyAgain()
    {
        _host.Open(_engine);
        _host.Drain();
        _host.Close(_host.Condition);

        Assert.True(_host.Undrain());
        Assert.Equal((SiloState.Ready, null), (_host.State, _host.Reason));
        Assert.Same(_engine, _host.TryEnter());
    }

    [Fact]
    public void Undrain_DrainOfAStop_StaysDraining()
    {
        _host.Open(_engine);
        _host.Drain();
        _host.BeginStop();

        Assert.False(_host.Undrain());
        Assert.Equal((SiloState.Draining, "stopping"), (_host.State, _host.Reason));
    }

    [Fact]
    public void Undrain_NotDrained_NoStep()
    {
        Assert.False(_host.Undrain());
        Assert.Equal(SiloState.Starting, _host.State);
    }

    [Fact]
    public void Drain_Starting_NoStep()
    {
        Assert.False(_host.Drain());
        Assert.Equal(SiloState.Starting, _host.State);
    }

    [Fact]
    public void Close_OfAnEarlierDrain_LeavesTheNextOneOpen()
    {
        _host.Open(_engine);
        _host.Drain();
        var first = _host.Condition;
        _host.Undrain();
        _host.Drain();

        _host.Close(first);

        Assert.Same(_engine, _host.TryEnter());
    }

    [Fact]
    public async Task CurrentReport_DatabaseAway_SaysForHowLong()
    {
        var time = new FakeTimeProvider();
        var health = new MembershipHealth(time, NullLogger<MembershipHealth>.Instance);
        await using var host = TestHost.Create(time, health);
        await Assert.ThrowsAsync<TimeoutException>(() => health.ObserveAsync<int>(() => throw new TimeoutException(), default));
        time.Advance(TimeSpan.FromSeconds(34));

        Assert.Equal(TimeSpan.FromSeconds(34), host.CurrentReport().MembershipAway);
        Assert.Null(_host.CurrentReport().MembershipAway);
    }

    [Fact]
    public void Open_AfterDrain_StaysDraining()
    {
        _host.BeginStop();

        Assert.False(_host.Open(_engine));
        Assert.Equal(SiloState.Draining, _host.State);
    }

    [Fact]
    public async Task DisposeAsync_AfterOpenInDrain_EngineDisposedOnce()
    {
        _host.BeginStop();
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
        _engine.LoadRead = () => _host.BeginStop();

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
        _host.BeginStop();

        Assert.Equal([(SiloState.Starting, "loading the model"), (SiloState.Ready, null), (SiloState.Draining, "stopping")], seen);
    }
}
