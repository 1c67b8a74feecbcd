using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Network;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Drill.Network;

public sealed class NetworkConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Of_Defaults_ReadsBackFromItsFile()
    {
        var config = NetworkConfig.Of(Basis(""), Path.Combine(_folder, "network.yaml"), cores: 4);
        File.WriteAllText(config.File, ConfigYaml.Write(config));
        var read = ConfigLoader.Load(config.File);
        Assert.Equal([("silo-a", "a", "198.18.0.2"), ("silo-b", "b", "198.18.0.3")], read.Silos.Select(s => (s.Name, s.Node, s.Host)));
        Assert.Equal(["g", "g"], read.Gateways.Select(g => g.Node));
        Assert.Equal(
            ["http://198.18.0.4:8080", "http://198.18.0.4:8081", "http://198.18.0.4:8080", "http://198.18.0.4:8082"],
            read.Gateways.SelectMany(g => g.Listen).Select(a => a.GetLeftPart(UriPartial.Authority)));
        Assert.Equal(config.Cluster, read.Cluster);
        Assert.Empty(read.WebUis);
    }

    [Theory]
    [InlineData("", 4, 2)] // two silos share the machine although each has a server of its own
    [InlineData("", 1, 1)]
    [InlineData("engine: { threads: 3 }", 4, 3)]
    public void Of_Threads_AreThoseOfOneMachine(string yaml, int cores, int threads)
        => Assert.Equal(threads, NetworkConfig.Of(Basis(yaml), Path.Combine(_folder, "network.yaml"), cores).Engine.Threads);

    [Fact]
    public void Of_ThreeSilos_TakesTwo()
    {
        var basis = Basis("silos: [{ name: x, siloPort: 1001 }, { name: y, siloPort: 1002 }, { name: z, siloPort: 1003 }]");
        Assert.Equal(["x", "y"], NetworkConfig.Of(basis, Path.Combine(_folder, "network.yaml"), 2).Silos.Select(s => s.Name));
    }

    private EvergrainConfig Basis(string yaml)
    {
        var file = Path.Combine(_folder, "evergrain.yaml");
        File.WriteAllText(file, yaml);
        return ConfigLoader.Load(file);
    }
}
