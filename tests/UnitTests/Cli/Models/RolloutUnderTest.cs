using Evergrain.Cli;
using Evergrain.Cli.Models;
using Evergrain.Hosting.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Cli.Models;

/// <summary>Two silos that serve "old", a file that names it, and a rollout of "new".</summary>
public abstract class RolloutUnderTest : IDisposable
{
    private protected const string Refusal = "silo-b refuses: probe 3 is wrong";

    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _output = new();

    private protected RolloutUnderTest() => Silos = new FakeSilos(_time, Setting);

    public void Dispose()
    {
        Stop.Dispose();
        Insist.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected FakeSetting Setting { get; } = new();

    private protected FakeSilos Silos { get; }

    /// <summary>The first signal.</summary>
    private protected CancellationTokenSource Stop { get; } = new();

    /// <summary>The second.</summary>
    private protected CancellationTokenSource Insist { get; } = new();

    private protected string[] Lines => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private protected async Task RunAsync()
    {
        SiloConfig[] node = [.. new[] { "silo-a", "silo-b" }.Select(name => new SiloConfig { Name = name, SiloPort = 1, GatewayPort = 2, AdminPort = 3 })];
        var round = new SiloRound([.. node], Silos, new RolloutOptions(), _output, _time);
        var running = new ModelRollout(new PackageSummary("new", "mood", "v-new"), round, Silos, Setting, _output, _time).RunAsync(Stop.Token, Insist.Token);
        for (var i = 0; i < 5000 && !running.IsCompleted; i++) _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(running.IsCompleted, _output.ToString());
        await running;
    }

    private protected Task<UserException> FailAsync() => Assert.ThrowsAsync<UserException>(RunAsync);

    private protected void RequireAllServe(string package) => Assert.All(["silo-a", "silo-b"], name => Assert.Equal(package, Silos[name].Package));

    private protected static SwitchResult? Expect(bool condition)
    {
        Assert.True(condition);
        return null;
    }
}
