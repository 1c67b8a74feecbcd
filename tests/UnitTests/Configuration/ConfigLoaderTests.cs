using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Configuration;

public class ConfigLoaderTests
{
    private static readonly string File = Path.Combine(Path.GetTempPath(), "somewhere", "evergrain.yaml");

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    [InlineData("silos:\ngateways:\n")]
    public void Parse_EmptyFile_IsTheDefaultPair(string text)
    {
        var config = ConfigLoader.Parse(text, File);

        Assert.Equal("evergrain", config.Cluster.Id);
        Assert.Equal(MembershipProvider.Sqlite, config.Cluster.Provider);
        Assert.Equal(Path.Combine(config.Folder, ".evergrain", "membership.db"), config.Cluster.Connection);
        Assert.Equal(Path.Combine(config.Folder, "models", "default"), config.Model.Path);
        Assert.Equal(
            [("silo-a", 11111, 30000, 9101), ("silo-b", 11112, 30001, 9102)],
            config.Silos.Select(s => (s.Name, s.SiloPort, s.GatewayPort, s.AdminPort)));
        Assert.Equal(
            ["gateway-a http://127.0.0.1:8080/ http://127.0.0.1:8081/", "gateway-b http://127.0.0.1:8080/ http://127.0.0.1:8082/"],
            config.Gateways.Select(g => $"{g.Name} {string.Join(' ', g.Listen)}"));
        Assert.Equal(
            ["webui-a http://127.0.0.1:7860/ http://127.0.0.1:7861/", "webui-b http://127.0.0.1:7860/ http://127.0.0.1:7862/"],
            config.WebUis.Select(w => $"{w.Name} {string.Join(' ', w.Listen)}"));
        Assert.All(config.Silos, s => Assert.Equal(["cpu"], s.Devices));
    }

    [Fact]
    public void Parse_EverySetting_IsRead()
    {
        var config = ConfigLoader.Parse("""
            cluster: { id: blue, membership: { provider: postgresql, connection: "Host=db;Timeout=2" } }
            model: { name: mood, path: /srv/model }
            engine: { threads: 3, slots: 2, batchTokens: 512, maxQueueWait: 1.5s }
            routing: { deadline: 2m, suspectAfter: 900ms, reportInterval: 100ms }
            limits: { bodyBytes: 2048, texts: 7 }
            silos:
              - name: one
                node: n1
                host: 10.0.0.1
                insecure: true
                siloPort: 1
                gatewayPort: 2
                adminPort: 3
                devices: [cuda:0, 'cuda:12', cpu]
                telemetry: nvidia-smi
            gateways:
              - { name: edge, node: n1, listen: ["http://[::1]:80", http://0.0.0.0:81/], public: http://public.example:8080, insecure: true }
            webuis: []
            """, File);

        Assert.Equal(("blue", MembershipProvider.Postgresql, "Host=db;Timeout=2"),
            (config.Cluster.Id, config.Cluster.Provider, config.Cluster.Connection));
        Assert.Equal(("mood", "/srv/model"), (config.Model.Name, config.Model.Path));
        Assert.Equal((3, 2, 512, TimeSpan.FromSeconds(1.5)), (config.Engine.Threads, config.Engine.Slots, config.Engine.BatchTokens, config.Engine.MaxQueueWait));
        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromMilliseconds(900), TimeSpan.FromMilliseconds(100)),
            (config.Routing.Deadline, config.Routing.SuspectAfter, config.Routing.ReportInterval));
        Assert.Equal((2048, 7), (config.Limits.BodyBytes, config.Limits.Texts));
        var silo = Assert.Single(config.Silos);
        Assert.Equal(("one", "n1", "10.0.0.1", 1, 2, 3, "nvidia-smi"),
            (silo.Name, silo.Node, silo.Host, silo.SiloPort, silo.GatewayPort, silo.AdminPort, silo.Telemetry));
        Assert.Equal(["cuda:0", "cuda:12", "cpu"], silo.Devices);
        var gateway = Assert.Single(config.Gateways);
        Assert.Equal(new Uri("http://public.example:8080"), gateway.Public);
        Assert.Equal([new Uri("http://[::1]:80"), new Uri("http://0.0.0.0:81")], gateway.Listen);
        Assert.Empty(config.WebUis);
    }

    [Fact]
    public void Parse_RelativePaths_StartAtTheFile()
    {
        var config = ConfigLoader.Parse("model: { path: ../m }\ncluster: { membership: { connection: a/b.db } }", File);

        Assert.Equal(Path.Combine(Path.GetTempPath(), "m"), config.Model.Path);
        Assert.Equal(Path.Combine(config.Folder, "a", "b.db"), config.Cluster.Connection);
    }

    [Fact]
    public void Parse_SamePortsOnTwoNodes_AreFine()
    {
        var config = ConfigLoader.Parse("""
            silos:
              - { name: a, node: n1, siloPort: 11111, gatewayPort: 30000, adminPort: 9101 }
              - { name: b, node: n2, siloPort: 11111, gatewayPort: 30000, adminPort: 9101 }
            gateways:
              - { name: g1, node: n1, listen: [http://0.0.0.0:8080], insecure: true }
              - { name: g2, node: n2, listen: [http://0.0.0.0:8080], insecure: true }
            webuis: []
            """, File);

        Assert.Equal(["n1", "n2"], config.Nodes());
        Assert.Equal(new Uri("http://127.0.0.1:8080"), config.OwnAddress(config.Gateways[1]));
    }

    [Fact]
    public void OwnAddress_SharedOneFirst_IsTheOther()
    {
        var config = ConfigLoader.Parse("", File);

        Assert.True(config.IsShared(config.Gateways[0], config.Gateways[0].Listen[0]));
        Assert.Equal(new Uri("http://127.0.0.1:8082"), config.OwnAddress(config.Gateways[1]));
        Assert.Equal(new Uri("http://127.0.0.1:7861"), config.OwnAddress(config.WebUis[0]));
    }

    [Fact]
    public void Parse_Alias_StandsForItsAnchor()
    {
        var config = ConfigLoader.Parse("""
            silos:
              - { name: a, devices: &devices [cuda:1] }
              - { name: b, devices: *devices }
            """, File);

        Assert.All(config.Silos, s => Assert.Equal(["cuda:1"], s.Devices));
    }

    [Fact]
    public void Load_MissingFile_SaysSo()
    {
        var error = Assert.Throws<ConfigException>(() => ConfigLoader.Load(File));

        Assert.Contains("there is no such file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_File_IsRead()
    {
        var file = Path.GetTempFileName();
        try
        {
            System.IO.File.WriteAllText(file, "cluster: { id: 情感 }");

            Assert.Equal("情感", ConfigLoader.Load(file).Cluster.Id);
        }
        finally
        {
            System.IO.File.Delete(file);
        }
    }
}
