using Evergrain.Hosting.Configuration;
using Evergrain.Hosting.Reloading;

namespace Evergrain.UnitTests.Reloading;

/// <summary>What of a changed file a process takes over, and what it has to be restarted for.</summary>
public class ConfigChangesTests
{
    private const string Base = """
        cluster: { id: c, membership: { provider: postgresql, connection: "Host=db;Password=secret" } }
        silos: [{ name: silo-a, node: n1 }, { name: silo-b, node: n2, siloPort: 11112 }]
        gateways: [{ name: gateway-a, node: n1, listen: [http://127.0.0.1:8081] }, { name: gateway-b, node: n2, listen: [http://127.0.0.1:8082] }]
        webuis: [{ name: webui-a, node: n1, listen: [http://127.0.0.1:7861] }]
        limits: { texts: 100 }
        engine: { maxQueueWait: 10s }
        webhooks: [{ url: "http://127.0.0.1:1/token" }]
        keys: [{ name: shop, sha256: KEY1, rate: 50 }, { name: ops, role: operator, sha256: KEY2 }]
        """;

    private const string Same = "";

    [Theory]
    // What each kind of process takes over.
    [InlineData("gateway-a", "texts: 100", "texts: 8", "limits.texts 100 -> 8", Same)]
    [InlineData("gateway-a", "limits: { texts: 100 }", "routing: { deadline: 2s, suspectAfter: 1s, failover: off }", "routing.deadline 5s -> 2s; routing.suspectAfter 600ms -> 1s; routing.failover on -> off; limits.texts 100 -> 1024", Same)]
    [InlineData("gateway-a", "rate: 50", "rate: 5, burst: 7", "keys.shop caller, rate 50, burst 100 -> caller, rate 5, burst 7", Same)]
    [InlineData("gateway-a", "sha256: KEY1", "sha256: KEY3", "keys.shop changed", Same)]
    [InlineData("gateway-a", "keys: [", "keys: [{ name: app, sha256: KEY3 }, ", "keys.app added (caller)", Same)]
    [InlineData("gateway-a", "{ name: shop, sha256: KEY1, rate: 50 }, ", "", "keys.shop removed", Same)]
    [InlineData("silo-a", "maxQueueWait: 10s", "maxQueueWait: 1s, probeInterval: 5s, runLimit: 3s", "engine.maxQueueWait 10s -> 1s; engine.probeInterval 30s -> 5s; engine.runLimit 10s -> 3s", Same)]
    // What another kind of process takes over is nothing to this one.
    [InlineData("silo-a", "texts: 100", "texts: 8", Same, Same)]
    [InlineData("silo-a", "rate: 50", "rate: 5", Same, Same)]
    [InlineData("silo-a", "role: operator", "role: caller", "keys.ops removed", Same)]
    [InlineData("gateway-a", "maxQueueWait: 10s", "maxQueueWait: 1s", Same, Same)]
    [InlineData("webui-a", "texts: 100", "texts: 8", Same, Same)]
    // A default that is written down, a comment, another order of keys.
    [InlineData("gateway-a", "texts: 100", "texts: 100, bodyBytes: 1048576", Same, Same)]
    [InlineData("silo-a", "engine: {", "# faster\nengine: { runLimit: 10s, ", Same, Same)]
    // What needs a restart, and of whom.
    [InlineData("gateway-a", "id: c", "id: d", Same, "cluster.id")]
    [InlineData("silo-a", "secret", "better", Same, "cluster.membership")]
    [InlineData("gateway-a", "secret", "better", Same, Same)]
    [InlineData("silo-a", "engine: {", "model: { path: other, name: m }\nengine: { threads: 2, ", Same, "model.name, model.path, engine.threads")]
    [InlineData("gateway-a", "name: silo-a, node: n1", "name: silo-a, node: n1, gatewayPort: 31000, devices: [cuda:0]", Same, "silos.silo-a.gatewayPort")]
    [InlineData("silo-a", "name: silo-a, node: n1", "name: silo-a, node: n1, gatewayPort: 31000, devices: [cuda:0]", Same, "silos.silo-a.gatewayPort, silos.silo-a.devices")]
    [InlineData("silo-b", "name: silo-a, node: n1", "name: silo-a, node: n1, gatewayPort: 31000", Same, Same)]
    [InlineData("silo-b", "siloPort: 11112 }", "siloPort: 11112 }, { name: silo-c, node: n2 }", Same, "silos.silo-c")]
    [InlineData("gateway-a", "{ name: silo-b, node: n2, siloPort: 11112 }", "{ name: silo-d, node: n2, siloPort: 11112 }", Same, "silos.silo-b, silos.silo-d")]
    [InlineData("gateway-a", "8081", "8083", Same, "gateways.gateway-a.listen")]
    [InlineData("silo-b", "8081", "8083", Same, Same)]
    [InlineData("gateway-a", "/token", "/other", Same, "webhooks")]
    [InlineData("webui-a", "7861", "7863", Same, "webuis.webui-a.listen")]
    [InlineData("gateway-a", "limits: {", "tls: { folder: certs }\ntracing: { ratio: 0.5 }\nlimits: { ", Same, "tracing.ratio, tls.folder")]
    // Both at once, and an entry that the process itself was.
    [InlineData("silo-a", "maxQueueWait: 10s", "maxQueueWait: 1s, slots: 3", "engine.maxQueueWait 10s -> 1s", "engine.slots")]
    [InlineData("gateway-a", "{ name: gateway-a, node: n1, listen: [http://127.0.0.1:8081] }, ", "", Same, "gateways.gateway-a")]
    public void Between_OneChange_WhatIsTakenOverAndWhatNeedsARestart(string name, string from, string to, string live, string restart)
    {
        Assert.Contains(from, Base, StringComparison.Ordinal);
        var changes = ConfigChanges.Between(name[..name.IndexOf('-', StringComparison.Ordinal)], name, Parse(Base), Parse(Base.Replace(from, to, StringComparison.Ordinal)));
        Assert.Equal((live, restart), (string.Join("; ", changes.Live), string.Join(", ", changes.NeedRestart)));
    }

    /// <summary>Whatever the kind: after a take-over nothing live is left to say, and nothing that needs a restart was taken over.</summary>
    [Theory]
    [InlineData("gateway", "gateway-a")]
    [InlineData("silo", "silo-a")]
    [InlineData("webui", "webui-a")]
    public void TakeOver_EverythingChanged_LiveKeysOnly(string kind, string name)
    {
        var running = Parse(Base);
        var read = Parse("cluster: { id: d }\nrouting: { deadline: 1s, reportInterval: 50ms }\nlimits: { texts: 5 }\nengine: { runLimit: 1s, slots: 9 }\nkeys: []");
        var before = ConfigChanges.Between(kind, name, running, read);
        var after = ConfigChanges.Between(kind, name, LiveSettings.TakeOver(kind, running, read), read);
        Assert.Empty(after.Live);
        Assert.Equal(before.NeedRestart, after.NeedRestart);
        Assert.Contains("cluster.id", after.NeedRestart);
    }

    private static EvergrainConfig Parse(string yaml)
        => ConfigLoader.Parse(yaml.Replace("KEY", new string('a', 63), StringComparison.Ordinal), "evergrain.yaml");
}
