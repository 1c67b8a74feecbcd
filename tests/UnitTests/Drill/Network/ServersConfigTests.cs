using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Network;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Drill.Network;

public sealed class ServersConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Of_Defaults_ReadsBackAsTwoWholeServers()
    {
        var basis = ConfigLoader.Parse("", Path.Combine(_folder, "evergrain.yaml"));
        var config = ServersConfig.Of(basis, Path.Combine(_folder, "servers.yaml"), "Host=198.18.0.4;Username=postgres", cores: 4);
        File.WriteAllText(config.File, ConfigYaml.Write(config));
        var read = ConfigLoader.Load(config.File);
        Assert.Equal([("silo-a", "a", "198.18.0.2"), ("silo-b", "b", "198.18.0.3")], read.Silos.Select(s => (s.Name, s.Node, s.Host)));
        Assert.Equal([("gateway-a", "a", "http://198.18.0.2:8080/"), ("gateway-b", "b", "http://198.18.0.3:8080/")], read.Gateways.Select(g => (g.Name, g.Node, g.Public!.AbsoluteUri)));
        Assert.All(read.Gateways, g => Assert.Equal(["http://0.0.0.0:8080/"], g.Listen.Select(a => a.AbsoluteUri)));
        Assert.Equal([("webui-a", "a"), ("webui-b", "b")], read.WebUis.Select(w => (w.Name, w.Node)));
        Assert.Equal(2, read.Engine.Threads); // two silos share the machine although each has a server of its own
        Assert.Equal(MembershipProvider.Postgresql, read.Cluster.Provider);
    }
}
