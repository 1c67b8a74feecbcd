using System.Collections.Immutable;
using Evergrain.Cli;
using Evergrain.Cli.Commands;
using Evergrain.Cli.Supervision;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Cli;

public class RollingRestartTests
{
    private static readonly RunningProcesses.Entry SiloA = new("silo-a", ChildSpec.Silo, "local");
    private static readonly RunningProcesses.Entry SiloB = new("silo-b", ChildSpec.Silo, "local");
    private static readonly RunningProcesses.Entry GatewayA = new("gateway-a", ChildSpec.Gateway, "local");
    private static readonly RunningProcesses.Entry GatewayB = new("gateway-b", ChildSpec.Gateway, "local");

    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _output = new();
    private readonly FakeCluster _cluster;

    public RollingRestartTests() => _cluster = new FakeCluster(_time);

    [Fact]
    public async Task Run_All_SilosThenGatewaysOneAtATime()
    {
        await RunAsync(GatewayB, SiloB, GatewayA, SiloA);

        Assert.Equal(["silo-b", "silo-a", "gateway-b", "gateway-a"], _cluster.Restarted);
        Assert.Equal(
            [
                "00:00  silo-b: restarting (1 of 4)", "00:03  silo-b: serves again after 3.0 s",
                "00:03  silo-a: restarting (2 of 4)", "00:06  silo-a: serves again after 3.0 s",
                "00:06  gateway-b: restarting (3 of 4)", "00:09  gateway-b: serves again after 3.0 s",
                "00:09  gateway-a: restarting (4 of 4)", "00:12  gateway-a: serves again after 3.0 s",
                "00:12  done: 4 restarted",
            ],
            _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Run_SiloDoesNotComeBack_RestUntouchedAndSaysWhy()
    {
        _cluster.StaysDown = SiloA;

        var error = await Assert.ThrowsAsync<UserException>(() => RunAsync(SiloA, SiloB, GatewayA));

        Assert.Equal(["silo-a"], _cluster.Restarted);
        Assert.Equal("silo-a does not serve within 2m of its restart: silo-a is starting; untouched: silo-b, gateway-a", error.Message);
    }

    [Fact]
    public async Task Run_GatewayAnswersNothingAfterASilo_TheNextSiloIsUntouched()
    {
        _cluster.BreaksWith[SiloA] = GatewayB;

        var error = await Assert.ThrowsAsync<UserException>(() => RunAsync(SiloA, SiloB));

        Assert.Equal(["silo-a"], _cluster.Restarted);
        Assert.Contains("gateway-b is starting; untouched: silo-b", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AnotherOneDoesNotServe_NothingIsTouched()
    {
        _cluster.Down.Add(SiloB);

        var error = await Assert.ThrowsAsync<UserException>(() => RunAsync(SiloA, GatewayA));

        Assert.Empty(_cluster.Restarted);
        Assert.Equal("silo-b is starting: silo-a must go on serving; untouched: silo-a, gateway-a", error.Message);
    }

    [Fact]
    public async Task Run_TheOneThatDoesNotServe_IsRestarted()
    {
        _cluster.Down.Add(SiloB);

        await RunAsync(SiloB);

        Assert.Equal(["silo-b"], _cluster.Restarted);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 8)]
    public async Task Run_ReadySilo_UntilEveryGatewayUsesItOrTheTimeForThatIsOver(bool used, int seconds)
    {
        _cluster.Used = used;
        var began = _time.GetTimestamp();

        await RunAsync(SiloA);

        Assert.Equal(seconds, _time.GetElapsedTime(began).TotalSeconds, 0.3);
    }

    private async Task RunAsync(params RunningProcesses.Entry[] chosen)
    {
        var running = new RollingRestart(_cluster, new RollingOptions(), _output, _time).RunAsync([.. chosen], CancellationToken.None);
        for (var i = 0; i < 2000 && !running.IsCompleted; i++) _time.Advance(TimeSpan.FromMilliseconds(50));
        for (var i = 0; i < 2000 && !running.IsCompleted; i++) _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.True(running.IsCompleted);
        await running;
    }

    /// <summary>Each serves again 3 s after its restart.</summary>
    private sealed class FakeCluster(TimeProvider time) : IRollingCluster
    {
        private readonly Dictionary<RunningProcesses.Entry, long> _startedAt = [];

        public ImmutableArray<RunningProcesses.Entry> All { get; } = [SiloA, SiloB, GatewayA, GatewayB];

        public List<string> Restarted { get; } = [];

        public HashSet<RunningProcesses.Entry> Down { get; } = [];

        public RunningProcesses.Entry? StaysDown { get; set; }

        public Dictionary<RunningProcesses.Entry, RunningProcesses.Entry> BreaksWith { get; } = [];

        public bool Used { get; set; } = true;

        public Task RestartAsync(RunningProcesses.Entry entry, CancellationToken cancellationToken)
        {
            Restarted.Add(entry.Name);
            _startedAt[entry] = time.GetTimestamp();
            Down.Remove(entry);
            if (StaysDown == entry) Down.Add(entry);
            if (BreaksWith.TryGetValue(entry, out var other)) Down.Add(other);
            return Task.CompletedTask;
        }

        public Task<string?> ProblemAsync(RunningProcesses.Entry entry, CancellationToken cancellationToken)
        {
            var starting = _startedAt.TryGetValue(entry, out var at) && time.GetElapsedTime(at) < TimeSpan.FromSeconds(3);
            return Task.FromResult(starting || Down.Contains(entry) ? $"{entry.Name} is starting" : null);
        }

        public bool IsUsedByAll(RunningProcesses.Entry silo) => Used;
    }
}
