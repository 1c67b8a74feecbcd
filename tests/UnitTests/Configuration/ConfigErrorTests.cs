using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Configuration;

/// <summary>Each wrong file, the line that is blamed and what the message must say.</summary>
public class ConfigErrorTests
{
    private const string One = "silos:\n  - { name: a }\ngateways: []\nwebuis: []\n";

    public static TheoryData<string, int, string> WrongFiles => new()
    {
        // Keys
        { "clutser: {}", 1, "clutser: unknown key; did you mean 'cluster'?" },
        { "cluster:\n  ID: x", 2, "cluster.ID: unknown key; did you mean 'id'?" },
        { "silos:\n  - name: a\n    siloport: 5", 3, "silos[0].siloport: unknown key; did you mean 'siloPort'?" },
        { "limits: { colour: red }", 1, "limits.colour: unknown key; known here: bodyBytes, texts" },
        { "model: { name: a }\nengine: {}\nmodel: { name: b }", 3, "'model' is already on line 1" },
        { "silos:\n  - name: a\n    name: b", 3, "'name' is already on line 2" },
        // Types
        { "cluster: evergrain", 1, "cluster: must be a map (key: value), not 'evergrain'" },
        { "silos: { name: a }", 1, "silos: must be a list" },
        { "silos:\n  - silo-a", 2, "silos[0]: must be a map such as { name: … }, not 'silo-a'" },
        { "silos:\n  - { name: [a] }", 2, "silos[0].name: must be a text, not a list" },
        { "silos:\n  - { name: a, devices: cpu }", 2, "silos[0].devices: must be a list ([a, b] or lines with '- '), not 'cpu'" },
        { "- a\n- b", 1, "the file must be a map" },
        { "engine: { threads: two }", 1, "engine.threads: 'two' is not a whole number from 0 to 1024" },
        { "engine: { batchTokens: -1 }", 1, "engine.batchTokens: '-1' is not a whole number from 0 to 1048576" },
        { "limits:\n  texts: 0", 2, "limits.texts: '0' is not a whole number" },
        { "limits: { bodyBytes: 99999999999 }", 1, "limits.bodyBytes: '99999999999' is not a whole number" },
        // Ports
        { "silos:\n  - name: a\n    siloPort: 99999", 3, "silos[0].siloPort: '99999' is not a port (1 to 65535)" },
        { "silos:\n  - { name: a, adminPort: 0 }", 2, "silos[0].adminPort: '0' is not a port" },
        { "silos:\n  - { name: a, gatewayPort: -1 }", 2, "silos[0].gatewayPort: '-1' is not a port" },
        // Times
        { "routing: { deadline: 5 }", 1, "routing.deadline: '5' is not a time; write 200ms, 5s, 2m or 1h" },
        { "routing: { deadline: 5 s }", 1, "routing.deadline: '5 s' is not a time" },
        { "routing: { deadline: -5s }", 1, "routing.deadline: '-5s' is not a time" },
        { "routing: { deadline: 0ms }", 1, "routing.deadline: '0ms' is out of range; use 10ms to 1h" },
        { "engine: { maxQueueWait: 1d }", 1, "engine.maxQueueWait: '1d' is not a time" },
        { "routing: { reportInterval: 400ms }", 1, "suspectAfter (600ms) must be at least twice reportInterval (400ms)" },
        // Addresses
        { Gateway("https://127.0.0.1:8081"), 2, "'https://127.0.0.1:8081' https is not supported here" },
        { Gateway("127.0.0.1:8081"), 2, "'127.0.0.1:8081' is not an address; write http://HOST:PORT" },
        { Gateway("http://127.0.0.1"), 2, "'http://127.0.0.1' has no port" },
        { Gateway("http://127.0.0.1:x"), 2, "has 'x' for a port; use 1 to 65535" },
        { Gateway("http://127.0.0.1:65536"), 2, "has '65536' for a port" },
        { Gateway("http://127.0.0.1:8081/api"), 2, "has '/api' behind the port" },
        { Gateway("http://127.0.0.999:8081"), 2, "has no usable host ('127.0.0.999')" },
        { Gateway("http://:8081"), 2, "has no usable host" },
        { Gateway("http://*:8081"), 2, "has no usable host ('*')" },
        { Gateway("http://user@host:8081"), 2, "is not an address" },
        { "gateways:\n  - { name: g, listen: [] }", 2, "gateways[0].listen: is empty" },
        { "gateways:\n  - { name: g, public: http://0.0.0.0:80 }", 2, "'http://0.0.0.0:80' is nothing that others can connect to" },
        // Names
        { "silos:\n  - { siloPort: 5 }", 2, "silos[0].name: is missing" },
        { "silos:\n  - { name: a/b }", 2, "silos[0].name: 'a/b' is not a name" },
        { "silos:\n  - { name: a, node: 'b c' }", 2, "silos[0].node: 'b c' is not a name" },
        { "silos:\n  - { name: a }\n  - { name: a }", 3, "silos[1].name: 'a' is already the name of silos[0]" },
        { "silos:\n  - { name: x }\ngateways:\n  - { name: X }", 4, "gateways[0].name: 'X' is already the name of silos[0]" },
        // Values out of a list
        { "cluster: { membership: { provider: mysql } }", 1, "cluster.membership.provider: 'mysql' is unknown; use sqlite or postgresql" },
        { "silos:\n  - { name: a, telemetry: none }", 2, "silos[0].telemetry: 'none' is unknown; use auto or nvidia-smi or host" },
        { "silos:\n  - name: a\n    devices:\n      - cpu\n      - gpu0", 5, "silos[0].devices: 'gpu0' is not a device; use cpu, cuda:0" },
        { "silos:\n  - { name: a, devices: [cuda] }", 2, "'cuda' is not a device" },
        { "silos:\n  - { name: a, devices: [] }", 2, "silos[0].devices: is empty" },
        { "silos:\n  - { name: a, devices: [auto, cpu] }", 2, "write it alone" },
        { "silos:\n  - { name: a, host: 0.0.0.0 }", 2, "silos[0].host: '0.0.0.0' is nothing that others can connect to" },
        { "silos:\n  - { name: a, host: 'a b' }", 2, "silos[0].host: 'a b' is not a host" },
        { "silos: []", 1, "silos: is empty" },
        // Membership
        { "cluster: { membership: { provider: postgresql } }", 1, "cluster.membership.connection: is missing" },
        { "cluster: { membership: { connection: 'Host=db;Password=secret' } }", 1, "sqlite wants the path of the file only" },
        // Clashes
        { "silos:\n  - { name: a, siloPort: 5 }\n  - { name: b, siloPort: 5 }", 3,
            "silos[1].siloPort: port 5 on node 'local' is already taken by silos[0].siloPort (line 2)" },
        { "silos:\n  - { name: a, siloPort: 5, gatewayPort: 5 }", 2, "silos[0].gatewayPort: port 5" },
        { "silos:\n  - { name: a, adminPort: 8080 }", 2, "is already taken by silos[0].adminPort (line 2)" },
        { "gateways:\n  - { name: g, listen: [http://127.0.0.1:5, http://127.0.0.1:5] }", 2, "is already taken by gateways[0].listen" },
        { "gateways:\n  - { name: g, listen: [http://127.0.0.1:5, http://127.0.0.1:6] }\n  - { name: h, listen: [http://localhost:5, http://127.0.0.1:7] }", 3,
            "write '127.0.0.1' in both to share it" },
        { "gateways:\n  - { name: g, listen: [http://127.0.0.1:7860] }\nwebuis:\n  - { name: w, listen: [http://127.0.0.1:7860] }", 4,
            "webuis[0].listen: port 7860 on node 'local' is already taken by gateways[0].listen (line 2)" },
        { "gateways:\n  - { name: g, listen: [http://127.0.0.1:7861] }", 2, "(a default; write 'webuis: []' for none)" },
        { "gateways:\n  - { name: g, listen: [http://127.0.0.1:5] }\n  - { name: h, listen: [http://127.0.0.1:5] }", 3,
            "gateways[1].listen: every address is shared" },
        { "webuis:\n  - { name: g, listen: [http://127.0.0.1:5] }\n  - { name: h, listen: [http://127.0.0.1:5, http://127.0.0.1:6] }", 2,
            "webuis[0].listen: every address is shared" },
        // Webhooks
        { "webhooks:\n  - { format: json }", 2, "webhooks[0].url: is missing" },
        { "webhooks:\n  - { url: 'ftp://h/x' }", 2, "webhooks[0].url: is not an address; write http://… or https://… in full" },
        { "webhooks:\n  - { url: /robot/send }", 2, "webhooks[0].url: is not an address" },
        { "webhooks:\n  - url: http://h/\n    format: slack", 3, "webhooks[0].format: 'slack' is unknown; use json or dingtalk or wecom or feishu" },
        { Webhook("events: [silo_lost, silo_gone]"), 3, "webhooks[0].events: 'silo_gone' is unknown; use silo_lost, silo_failed, silo_ejected, silo_full, silo_back, "
            + "silo_draining, poison, database, failover" },
        { "webhooks:\n  - url: http://h/\n    events:\n      - poison\n      - poisson", 5, "webhooks[0].events: 'poisson' is unknown" },
        { Webhook("events: []"), 3, "webhooks[0].events: is empty" },
        { Webhook("events: [silo_back]"), 3, "silo_back is told only after a loss was" },
        { Webhook("repeatAfter: 10"), 3, "webhooks[0].repeatAfter: '10' is not a time" },
        { Webhook("repeatAfter: 0s"), 3, "webhooks[0].repeatAfter: '0s' is out of range; use 1s to 24h" },
        { Webhook("secret: abc"), 3, "webhooks[0].secret: only dingtalk and feishu sign their messages" },
        { Webhook("ulr: x"), 3, "webhooks[0].ulr: unknown key; did you mean 'url'?" },
        // Syntax
        { "cluster:\n\tid: x", 2, "a tab indents this line; use spaces" },
        { "cluster: { id: x", 2, "not YAML" },
        { "model: {}\nsilos: [\n  { name: a },\n]]", 4, "not YAML" },
        { "silos:\n  - { name: a, devices: *gone }", 2, "'*gone' refers to no earlier anchor" },
        { "model: {}\n---\nmodel: {}", 2, "a second YAML document begins here" },
    };

    private static string Gateway(string address) => $"gateways:\n  - {{ name: g, listen: ['{address}'] }}";

    private static string Webhook(string line) => $"webhooks:\n  - url: http://h/\n    {line}";

    [Theory]
    [MemberData(nameof(WrongFiles))]
    public void Parse_WrongFile_BlamesTheLine(string text, int line, string message)
    {
        var errors = Assert.Throws<ConfigException>(() => ConfigLoader.Parse(text, "/x/evergrain.yaml")).Errors;

        Assert.Contains(errors, e => e.Line == line && e.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_ManyErrors_AreAllReportedInOrder()
    {
        var text = One + "engine: { threads: x }\nrouting:\n  deadline: 5\n  dedline: 5s\nlimits: { texts: -1 }\nengine: {}\n";

        var error = Assert.Throws<ConfigException>(() => ConfigLoader.Parse(text, "/x/evergrain.yaml"));

        Assert.Equal([5, 7, 8, 9, 10], error.Errors.Select(e => e.Line));
        Assert.StartsWith("/x/evergrain.yaml: 5 errors\n  line 5: engine.threads: 'x'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_PasswordUnderSqlite_IsNotPrinted()
    {
        const string text = "cluster: { membership: { connection: 'Host=db;Password=secret' } }";

        var error = Assert.Throws<ConfigException>(() => ConfigLoader.Parse(text, "/x/evergrain.yaml"));

        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }
}
