using System.Collections.Immutable;
using Evergrain.Cli.Drill.Scenarios;

namespace Evergrain.Cli.Drill;

/// <summary>Every scenario, in the order in which they run.</summary>
internal static class ScenarioCatalogue
{
    public static ImmutableArray<IScenario> All { get; } =
    [
        new KillScenario(),
        new FreezeScenario(),
        new DrainScenario(),
        new RollingScenario(),
        new ServerScenario(),
        new SplitScenario(),
        new OneWayScenario(),
        new BadLinkScenario(),
        new SlowSiloScenario(),
        new DatabaseScenario(),
        new DatabaseKillScenario(),
        new DatabaseGatewayScenario(),
        new AllSilosScenario(),
        new DeviceBusyScenario(),
        new DeviceMemoryScenario(),
        new DeviceLiesScenario(),
        new DeviceDiesScenario(),
        new BadModelScenario(),
        new PoisonScenario(),
        new OverloadScenario(),
        new BulkScenario(),
        new BadInputScenario(),
        new VanishScenario(),
        new SlowClientsScenario(),
        new DiskScenario(),
        new ClockScenario(),
        new GatewayKillScenario(),
        new GatewayFreezeScenario(),
        new SupervisorScenario(),
        new DeviceHangsScenario(),
        new HealthyScenario(),
        new SteadyScenario(),
        new SoakScenario(),
    ];

    /// <summary>Those that must be judged failed where failover is switched off.</summary>
    public static ImmutableArray<string> SelfTest { get; } = ["kill", "freeze"];

    /// <param name="names">As on the command line; none: every one that does not have to be named.</param>
    /// <exception cref="UserException">A name is no scenario; lists those there are.</exception>
    public static ImmutableArray<IScenario> Choose(IReadOnlyCollection<string> names)
    {
        var unknown = names.Where(name => All.All(s => s.Name != name)).ToList();
        if (unknown.Count > 0)
            throw new UserException($"no scenario is called {string.Join(" or ", unknown)}; there are: {string.Join(", ", All.Select(s => s.Name))}", exitCode: 2);
        return names.Count == 0 ? [.. All.Where(s => !s.OnlyWhenNamed)] : [.. All.Where(s => names.Contains(s.Name))];
    }
}
