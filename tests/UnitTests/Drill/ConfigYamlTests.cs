using System.Text.Json;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Drill;

public sealed class ConfigYamlTests
{
    private const string File = "/somewhere/evergrain.yaml";

    public static TheoryData<string> Files =>
    [
        "",
        """
        cluster: { id: "a: b # c", membership: { provider: postgresql, connection: 'Host=db;Password="x''y";Timeout=2' } }
        model: { name: 情感, path: "/models/one two" }
        engine: { threads: 3, batchTokens: 128, maxQueueWait: 1500ms, probeInterval: 5s, runLimit: 2500ms }
        routing: { deadline: 2s, batchDeadline: 90s, suspectAfter: 900ms, reportInterval: 150ms, failover: off }
        limits: { bodyBytes: 4096, texts: 7 }
        tls: { folder: "/certs of ours" }
        silos:
          - { name: one, node: n1, host: 10.0.0.1, siloPort: 1, gatewayPort: 2, adminPort: 3, devices: [cpu, "cuda:0"], telemetry: host }
        gateways:
          - { name: g, node: n1, listen: ["http://0.0.0.0:80", "http://[::1]:81"], public: "http://example.org:8080", insecure: true }
        webuis: []
        """,
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Write_AnyConfig_ReadsBackAsTheSame(string yaml)
    {
        var config = ConfigLoader.Parse(yaml, File);
        var again = ConfigLoader.Parse(ConfigYaml.Write(config), File);
        Assert.Equal(JsonSerializer.Serialize(config), JsonSerializer.Serialize(again));
    }

    [Fact]
    public void LoopbackOf_ManyNodes_OneNodeWithFreePortsAndASharedAddress()
    {
        var basis = ConfigLoader.Parse(
            """
            silos: [{ name: a, node: n1, host: 10.0.0.1, insecure: true, devices: ["cuda:1"] }, { name: b, node: n2, host: 10.0.0.2, insecure: true }]
            gateways: [{ name: ga, node: n1, listen: ["http://0.0.0.0:8080"], public: "http://example.org:1", insecure: true }, { name: gb, node: n2, listen: ["http://0.0.0.0:8080"], insecure: true }]
            routing: { deadline: 3s }
            """, File);
        var next = 100;
        var config = LoopbackConfig.Of(basis, "/srv/drill/evergrain.yaml", () => ++next);

        // What is written is a file that the loader takes: no clash, an address of its own for each gateway.
        config = ConfigLoader.Parse(ConfigYaml.Write(config), config.File);
        Assert.Equal(["local"], config.Nodes());
        Assert.Equal(["a", "b"], config.Silos.Select(s => s.Name));
        Assert.Equal(["cuda:1"], config.Silos[0].Devices);
        Assert.All(config.Silos, s => Assert.Equal("127.0.0.1", s.Host));
        Assert.Equal(basis.Routing, config.Routing);
        Assert.True(config.IsShared(config.Gateways[0], config.Gateways[0].Listen[0]));
        Assert.NotEqual(config.OwnAddress(config.Gateways[0]), config.OwnAddress(config.Gateways[1]));
        Assert.Equal("/srv/drill/.evergrain/membership.db", config.Cluster.Connection);
    }
}
