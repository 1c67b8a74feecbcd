using System.Diagnostics;
using Evergrain.Cli.Supervision;

namespace Evergrain.UnitTests.Supervision;

/// <summary>A child that a person stops, starts and restarts.</summary>
public sealed class ManagedChildTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Down_RunningChild_StaysDownUntilItIsStarted()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, FakeChild.Graceful);
        await using var supervisor = _scene.Supervise(child);
        var first = (await AllReadyAsync(supervisor)).Single();

        await supervisor.Children[0].DownAsync();
        Assert.False(Scene.IsRunning(first));
        Assert.Equal((ProcessState.Stopped, null, 0, "exit code 0"), Facts(supervisor));
        // Longer than a restart and several looks would take.
        await Task.Delay(Scene.Fast.MaxRestartDelay * 3);
        Assert.Equal((ProcessState.Stopped, null, 0, "exit code 0"), Facts(supervisor));
        Assert.DoesNotContain("starting again", _scene.Printed, StringComparison.Ordinal);

        await supervisor.Children[0].UpAsync();
        var second = (await AllReadyAsync(supervisor)).Single();
        Assert.NotEqual(first, second);
        Assert.Equal(0, Report(supervisor).Restarts);
    }

    [Fact]
    public async Task Down_StubbornChild_IsKilledAfterTheLimit()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, FakeChild.Stubborn);
        await using var supervisor = _scene.Supervise(child);
        var pid = (await AllReadyAsync(supervisor)).Single();

        var start = Stopwatch.GetTimestamp();
        await supervisor.Children[0].DownAsync();

        Assert.False(Scene.IsRunning(pid));
        Assert.InRange(Stopwatch.GetElapsedTime(start), Scene.Fast.StopLimit * 0.9, TimeSpan.FromSeconds(5));
        Assert.Equal((ProcessState.Stopped, null, 0, "exit code 137, SIGKILL"), Facts(supervisor));
    }

    [Fact]
    public async Task Down_WhileBackingOff_StaysDown()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, "exit 1");
        // Still waiting to be started again when it is stopped, and not for long after that.
        var options = Scene.Fast with { FirstRestartDelay = TimeSpan.FromSeconds(1), MaxRestartDelay = TimeSpan.FromSeconds(1) };
        await using var supervisor = _scene.Supervise(options, child);
        await Scene.UntilAsync(() => Report(supervisor).State == ProcessState.Backoff, () => _scene.Printed);

        await supervisor.Children[0].DownAsync();
        await Task.Delay(options.MaxRestartDelay * 1.5);

        Assert.Equal((ProcessState.Stopped, null, 0, "exit code 1"), Facts(supervisor));
    }

    [Fact]
    public async Task Up_WhileBackingOff_StartsAtOnce()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, $"[ -e ran ] || {{ touch ran; exit 1; }}; {FakeChild.Obedient}");
        await using var supervisor = _scene.Supervise(
            Scene.Fast with { FirstRestartDelay = TimeSpan.FromMinutes(1), MaxRestartDelay = TimeSpan.FromMinutes(1) }, child);
        await Scene.UntilAsync(() => Report(supervisor).State == ProcessState.Backoff, () => _scene.Printed);

        await supervisor.Children[0].UpAsync();
        await AllReadyAsync(supervisor);

        Assert.Equal(1, Report(supervisor).Restarts);
    }

    [Fact]
    public async Task Up_RunningChild_IsLeftAlone()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, FakeChild.Obedient);
        await using var supervisor = _scene.Supervise(child);
        var pid = (await AllReadyAsync(supervisor)).Single();

        await supervisor.Children[0].UpAsync();

        Assert.Equal((ProcessState.Ready, pid), (Report(supervisor).State, Report(supervisor).Pid));
    }

    [Fact]
    public async Task Restart_RunningChild_AnotherProcessAndNoCrash()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, FakeChild.Graceful);
        await using var supervisor = _scene.Supervise(child);
        var first = (await AllReadyAsync(supervisor)).Single();

        await supervisor.Children[0].RestartAsync();

        Assert.False(Scene.IsRunning(first));
        Assert.NotEqual(first, Report(supervisor).Pid);
        Assert.Equal((0, "exit code 0"), (Report(supervisor).Restarts, Report(supervisor).LastExit));
        Assert.DoesNotContain("starting again", _scene.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_ChildThatIsDown_EndsWithTheOthersAndStartsNoMore()
    {
        using var silo = new FakeChild("silo-a", ChildSpec.Silo, FakeChild.Obedient);
        using var gateway = new FakeChild("gateway-a", ChildSpec.Gateway, FakeChild.Obedient);
        await using var supervisor = _scene.Supervise(silo, gateway);
        var pids = await AllReadyAsync(supervisor);
        await supervisor.Children[0].DownAsync();

        await supervisor.StopAsync(TestContext.Current.CancellationToken);
        await supervisor.Children[0].UpAsync();

        Assert.DoesNotContain(pids, Scene.IsRunning);
        Assert.All(supervisor.Reports, r => Assert.Equal((ProcessState.Stopped, null), (r.State, r.Pid)));
    }

    private static (string, int?, int?, string?) Facts(Supervisor supervisor)
        => (Report(supervisor).State, Report(supervisor).Pid, Report(supervisor).Restarts, Report(supervisor).LastExit);

    private static ProcessReport Report(Supervisor supervisor) => supervisor.Reports.Single();

    private async Task<List<int>> AllReadyAsync(Supervisor supervisor)
    {
        await Scene.UntilAsync(() => supervisor.Reports.All(r => r.State == ProcessState.Ready), () => _scene.Printed);
        return [.. supervisor.Reports.Select(r => r.Pid!.Value)];
    }
}
