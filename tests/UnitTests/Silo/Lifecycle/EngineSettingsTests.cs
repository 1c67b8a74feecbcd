using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Lifecycle;

namespace Evergrain.UnitTests.Silo.Lifecycle;

public class EngineSettingsTests
{
    [Theory]
    [InlineData(0, 8, 4)]
    [InlineData(0, 2, 1)]
    [InlineData(0, 1, 1)]
    [InlineData(3, 8, 4)]
    public void For_Cores_ShareOfTheNodeAndThreadsAsConfigured(int configured, int cores, int expected)
    {
        var config = new EvergrainConfig
        {
            File = "/evergrain.yaml",
            Model = new() { Path = "/models/default" },
            Engine = new() { Threads = configured, Slots = 5, BatchTokens = 512, MaxQueueWait = TimeSpan.FromSeconds(4) },
            Silos = [Silo("a", "left"), Silo("b", "left"), Silo("c", "right")],
        };

        var options = EngineSettings.For(config, config.Silos[0], cores);

        Assert.Equal((expected, configured, 5), (options.Cores, options.Threads, options.Slots));
        Assert.Equal(("/models/default", 512, TimeSpan.FromSeconds(4)), (options.ModelPath, options.BatchTokens, options.Limits.Current.MaxQueueWait));
    }

    private static SiloConfig Silo(string name, string node)
        => new() { Name = name, Node = node, SiloPort = 1, GatewayPort = 2, AdminPort = 3 };
}
