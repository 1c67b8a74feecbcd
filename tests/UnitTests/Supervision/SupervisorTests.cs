using System.Diagnostics;
using Evergrain.Cli.Supervision;

namespace Evergrain.UnitTests.Supervision;

/// <summary>Real processes, supervised.</summary>
public sealed class SupervisorTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Child_Killed_IsStartedAgain()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, FakeChild.Obedient);
        await using var supervisor = _scene.Supervise(child);
        var first = await RunningAsync(supervisor);

        Process.GetProcessById(first).Kill();
        await Scene.UntilAsync(() => Report(supervisor) is { Pid: { } pid } && pid != first, () => _scene.Printed);

        Assert.Contains("silo-a ended (exit code 137, SIGKILL); starting again in 20ms", _scene.Printed, StringComparison.Ordinal);
        await _scene.UntilPrintedAsync($"silo-a started (pid {Report(supervisor).Pid})");
        Assert.Equal((1, "exit code 137, SIGKILL"), (Report(supervisor).Restarts, Report(supervisor).LastExit));
    }

    [Fact]
    public async Task Child_AnswersAndThenFallsSilent_IsKilledAndStartedAgain()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, FakeChild.Stubborn);
        await using var supervisor = _scene.Supervise(child);
        var first = await RunningAsync(supervisor);
        await Scene.UntilAsync(() => Report(supervisor).State == ProcessState.Ready, () => Report(supervisor).State);

        child.Answer = null;
        await _scene.UntilPrintedAsync("silo-a ended (silent for 1s, killed)");
        child.Answer = "200 OK";
        await Scene.UntilAsync(() => Report(supervisor).State == ProcessState.Ready, () => Report(supervisor).State);

        Assert.False(Scene.IsRunning(first));
        Assert.NotEqual(first, Report(supervisor).Pid);
    }

    [Fact]
    public async Task Child_LiveButNotReady_IsLeftAlone()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, FakeChild.Obedient);
        await using var supervisor = _scene.Supervise(child);
        var first = await RunningAsync(supervisor);
        await Scene.UntilAsync(() => Report(supervisor).State == ProcessState.Ready, () => Report(supervisor).State);

        child.Answer = "503 Service Unavailable";
        await Scene.UntilAsync(() => Report(supervisor).State == ProcessState.Unready, () => Report(supervisor).State);

        Assert.Equal(first, Report(supervisor).Pid);
        Assert.Contains("GET /health/live", child.Requests, StringComparison.Ordinal);
        Assert.Contains("GET /health/ready", child.Requests, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Child_WrongConfiguration_IsPrintedAndWaitsTheCap()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, "echo 'line 7: wrong' >&2; exit 2");
        await using var supervisor = _scene.Supervise(child);

        await _scene.UntilPrintedAsync("  line 7: wrong");

        Assert.Contains("silo-a ended (exit code 2); starting again in 100ms", _scene.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Child_ThatCannotBeStarted_IsTriedAgain()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, "exec /no/such/program");
        await using var supervisor = _scene.Supervise(child);

        await Scene.UntilAsync(() => Report(supervisor).Restarts >= 2, () => _scene.Printed);

        Assert.Contains("/no/such/program", File.ReadAllText(_scene.Folder.OutputOf("silo-a")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Child_Started_KnowsItsNameLogAndSupervisor()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo,
            "echo \"$EVERGRAIN_NAME $EVERGRAIN_SUPERVISED $EVERGRAIN_LOG_FILE\"; exec cat >/dev/null");
        await using var supervisor = _scene.Supervise(child);

        var output = _scene.Folder.OutputOf("silo-a");
        await Scene.UntilAsync(() => File.Exists(output) && File.ReadAllText(output).EndsWith('\n'), () => _scene.Printed);

        Assert.Equal($"silo-a 1 {_scene.Folder.LogOf("silo-a")}\n", File.ReadAllText(output));
    }

    [Fact]
    public async Task Reload_ChildThatAnswers_GetsTheSignalAndLives()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, Counting);
        await using var supervisor = _scene.Supervise(child);
        var first = (await AllReadyAsync(supervisor))[0];

        Assert.Equal(1, supervisor.Reload());
        await Scene.UntilAsync(() => Reloads() == 1, () => _scene.Printed);
        Assert.Equal(1, supervisor.Reload());
        await Scene.UntilAsync(() => Reloads() == 2, () => _scene.Printed);

        Assert.Equal((first, 0), (Report(supervisor).Pid, Report(supervisor).Restarts));
    }

    [Fact]
    public async Task Reload_ChildThatHasNotAnsweredYet_GetsTheSignalOnceItDoes()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, Counting) { Answer = null };
        await using var supervisor = _scene.Supervise(child);
        await RunningAsync(supervisor);

        Assert.Equal(1, supervisor.Reload());
        await Scene.UntilAsync(() => child.Requests.Split('\n').Length > 4, () => child.Requests);
        Assert.Equal(0, Reloads());
        child.Answer = "200 OK";
        await Scene.UntilAsync(() => Reloads() == 1, () => _scene.Printed);
    }

    [Fact]
    public async Task Reload_ChildThatIsDown_IsLeftAlone()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, FakeChild.Obedient);
        await using var supervisor = _scene.Supervise(child);
        await AllReadyAsync(supervisor);
        await supervisor.Find("silo-a")!.DownAsync();

        Assert.Equal(0, supervisor.Reload());
        Assert.False(supervisor.Find("silo-a")!.Reload());
    }

    [Fact]
    public async Task Stop_ObedientChildren_GatewaysEndBeforeSilos()
    {
        var order = Path.Combine(_scene.Config.Folder, "order");
        string script(string name) => $"trap 'echo {name} >>{order}; kill $!; exit 0' TERM; sleep 600 & wait";
        using var silo = new FakeChild("silo-a", ChildSpec.Silo, script("silo-a"));
        using var gateway = new FakeChild("gateway-a", ChildSpec.Gateway, script("gateway-a"));
        await using var supervisor = _scene.Supervise(silo, gateway);
        var pids = await AllReadyAsync(supervisor);

        await supervisor.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["gateway-a", "silo-a"], File.ReadAllLines(order));
        Assert.DoesNotContain(pids, Scene.IsRunning);
        Assert.All(supervisor.Reports, r => Assert.Equal((ProcessState.Stopped, 0, "exit code 0"), (r.State, r.Restarts, r.LastExit)));
    }

    [Fact]
    public async Task Stop_StubbornChildren_AreKilledInTime()
    {
        using var silo = new FakeChild("silo-a", ChildSpec.Silo, FakeChild.Stubborn);
        using var gateway = new FakeChild("gateway-a", ChildSpec.Gateway, FakeChild.Stubborn);
        await using var supervisor = _scene.Supervise(silo, gateway);
        var pids = await AllReadyAsync(supervisor);

        var start = Stopwatch.GetTimestamp();
        await supervisor.StopAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain(pids, Scene.IsRunning);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromMilliseconds(900), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Stop_WhileBackingOff_StartsNothing()
    {
        using var child = new FakeChild("silo-a", ChildSpec.Silo, "exit 1");
        await using var supervisor = _scene.Supervise(child);
        await _scene.UntilPrintedAsync("silo-a ended (exit code 1)");

        await supervisor.StopAsync(TestContext.Current.CancellationToken);
        var printed = _scene.Printed;

        Assert.Equal((ProcessState.Stopped, null), (Report(supervisor).State, Report(supervisor).Pid));
        Assert.Equal(printed, _scene.Printed);
    }

    /// <summary>Writes a line for each SIGHUP.</summary>
    private const string Counting = "trap 'echo reload' HUP; trap 'exit 0' TERM; while kill -0 $PPID; do sleep 0.05; done";

    /// <summary>How many SIGHUP the child has seen.</summary>
    private int Reloads() => File.Exists(_scene.Folder.OutputOf("silo-a")) ? File.ReadAllLines(_scene.Folder.OutputOf("silo-a")).Count(line => line == "reload") : 0;

    private static ProcessReport Report(Supervisor supervisor) => supervisor.Reports.Single();

    private async Task<int> RunningAsync(Supervisor supervisor)
    {
        await Scene.UntilAsync(() => Report(supervisor).Pid is not null, () => _scene.Printed);
        return Report(supervisor).Pid!.Value;
    }

    private async Task<List<int>> AllReadyAsync(Supervisor supervisor)
    {
        await Scene.UntilAsync(() => supervisor.Reports.All(r => r.State == ProcessState.Ready), () => _scene.Printed);
        return [.. supervisor.Reports.Select(r => r.Pid!.Value)];
    }
}
