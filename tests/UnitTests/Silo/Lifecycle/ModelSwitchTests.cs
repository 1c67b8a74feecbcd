using Evergrain.Engine;
using Evergrain.Hosting;
using Evergrain.Silo.Lifecycle;
using Evergrain.UnitTests.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Evergrain.UnitTests.Silo.Lifecycle;

/// <summary>The engine's successor, and the end of a silo whose device fails.</summary>
public sealed class ModelSwitchTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Entering = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-switch-").FullName;
    private readonly SerialTime _time = new();
    private readonly ServedEngine _served = new();
    private readonly Lifetime _lifetime = new();
    private readonly Dictionary<string, FakeEngine> _engines = new() { ["/old"] = Engine("1"), ["/new"] = Engine("2") };
    private readonly List<EngineOptions> _opened = [];
    private readonly EngineHost _host;
    private readonly DeviceFailures _failures;
    private readonly DeviceExit _exit;
    private readonly EngineOptions _options = new() { ModelPath = "/old", Devices = ["cuda:0", "cuda:1"], CpuFallback = true };
    private readonly EngineOpener _opener;
    private readonly ModelSwitch _switch;
    private TaskCompletionSource _mayOpen = new();

    public ModelSwitchTests()
    {
        _mayOpen.SetResult();
        _host = TestHost.Create(_time, served: _served);
        _failures = new DeviceFailures(Path.Combine(_folder, "silo-a.json"), _time, NullLogger<DeviceFailures>.Instance);
        _exit = new DeviceExit(_lifetime);
        _opener = new EngineOpener(OpenAsync, _options, _failures, _served, _host, _exit, _time, NullLogger<EngineOpener>.Instance);
        _switch = new ModelSwitch(_host, _opener, _served, _options, _time, NullLogger<ModelSwitch>.Instance);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var engine = await _opener.OpenAsync("/old", Cancelled);
        _host.Open(engine);
        _opener.Watch(engine);
    }

    public async ValueTask DisposeAsync()
    {
        HardExit.Code = null;
        _switch.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Use_GoodPackage_NewCallsGoThereAndTheOldOneEndsWithItsLastCall()
    {
        var changes = 0;
        _host.Changed += () => changes++;
        _engines["/old"].Load = new EngineLoad { InFlight = 1 };

        var (before, path, now) = await _switch.UseAsync("/new", Cancelled);

        Assert.Equal(("1", "/old", "2"), (before.Version, path, now.Version));
        Assert.Equal(("/new", 1), (_switch.Path, changes));
        Assert.Same(_engines["/new"], _host.TryEnter());
        Assert.Equal("2", _host.CurrentReport().Model.Version);
        // It looks again and again while a call is inside.
        await _time.TimerAsync(Entering);
        _time.Advance(Entering);
        await _time.TimerAsync(Look);
        _time.Advance(Look);
        await _time.TimerAsync(Look);
        Assert.Equal(0, _engines["/old"].Disposed);
        _engines["/old"].Load = default;
        _time.Advance(Look);
        await _engines["/old"].Ended.WaitAsync(Limit, Cancelled);
        Assert.Equal((1, 0), (_engines["/old"].Disposed, _engines["/new"].Disposed));
    }

    [Fact]
    public async Task Use_RefusedPackage_NothingChanges()
    {
        await Assert.ThrowsAsync<ModelRefusedException>(() => _switch.UseAsync("/corrupt", Cancelled));
        Assert.Equal(("/old", "1", 0), (_switch.Path, _host.Model.Version, _engines["/old"].Disposed));
        Assert.Equal("2", (await _switch.UseAsync("/new", Cancelled)).Now.Version); // and the next change is possible
    }

    [Fact]
    public async Task Use_WhileAnotherIsUnderWay_Refused()
    {
        _mayOpen = new TaskCompletionSource();
        var first = _switch.UseAsync("/new", Cancelled);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _switch.UseAsync("/new", Cancelled));
        _mayOpen.SetResult();
        await first;
    }

    [Fact]
    public async Task Use_StoppedMeanwhile_TheNewOneIsClosed()
    {
        _mayOpen = new TaskCompletionSource();
        var change = _switch.UseAsync("/new", Cancelled);
        _host.BeginStop();
        _mayOpen.SetResult();
        await Assert.ThrowsAsync<InvalidOperationException>(() => change);
        Assert.Equal(("1", 1), (_host.Model.Version, _engines["/new"].Disposed));
    }

    [Fact]
    public async Task Failed_DeviceOfTheServedEngine_SiloFailsAndStopsWithItsCode()
    {
        _engines["/old"].Failure.SetResult(new EngineFailure("cuda:1", "a run does not return"));
        await _lifetime.Stopped.Task.WaitAsync(Limit, Cancelled);
        Assert.Equal(SiloState.Failed, _host.State);
        Assert.Contains("cuda:1 failed: a run does not return", _host.Reason, StringComparison.Ordinal);
        Assert.True(_exit.Begun);
        Assert.Equal(70, HardExit.Code);
    }

    [Fact]
    public async Task Failed_EngineThatIsServedNoMore_NobodyCares()
    {
        await _switch.UseAsync("/new", Cancelled);
        _engines["/old"].Failure.SetResult(new EngineFailure("cuda:1", "late"));
        Assert.Equal((SiloState.Ready, false), (_host.State, _exit.Begun)); // whoever waits for a failure goes on within SetResult
    }

    /// <summary>Between its known answers and its first call.</summary>
    [Fact]
    public async Task Failed_BeforeItIsServed_CountsAsSoonAsItIs()
    {
        _engines["/new"].Failure.SetResult(new EngineFailure("cuda:1", "early"));
        await _switch.UseAsync("/new", Cancelled);
        await _lifetime.Stopped.Task.WaitAsync(Limit, Cancelled);
        Assert.Contains("early", _host.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuda:0", "cuda:1")]
    [InlineData("cuda:0 cuda:1", "cpu")] // the fallback is configured
    [InlineData("cuda:0 cuda:1 cpu", null)]
    public async Task Open_DevicesThatStayOut_WhatIsLeft(string stayOut, string? left)
    {
        foreach (var device in stayOut.Split(' '))
        {
            for (var i = 0; i < 3; i++) _failures.Add(device, "again");
        }

        if (left is null)
        {
            Assert.Contains("No device is left", (await Assert.ThrowsAsync<ModelRefusedException>(() => _opener.OpenAsync("/new", Cancelled))).Message, StringComparison.Ordinal);
            return;
        }

        await _opener.OpenAsync("/new", Cancelled);
        Assert.Equal([left], _opened[^1].Devices);
    }

    private static FakeEngine Engine(string version)
        => new() { Model = new ModelIdentity { Name = "sentiment", Version = version, Hash = version, Labels = ["negative", "positive"] } };

    private async Task<IInferenceEngine> OpenAsync(EngineOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        _opened.Add(options);
        await _mayOpen.Task;
        return _engines.GetValueOrDefault(options.ModelPath) ?? throw new ModelRefusedException("no such folder");
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public TaskCompletionSource Stopped { get; } = new();

        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => Stopped.TrySetResult();
    }
}
