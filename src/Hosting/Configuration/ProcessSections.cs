using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Evergrain.Hosting.Configuration;

/// <summary>Reads the entries of silos, gateways and webuis, and remembers the ports they open.</summary>
internal sealed partial class ProcessSections(ConfigErrors errors)
{
    private const string DefaultNode = "local";

    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);

    public PortMap Ports { get; } = new();

    public SiloConfig Silo(ConfigSection section, int index)
    {
        var silo = new SiloConfig
        {
            Name = Name(section),
            Node = Node(section),
            Host = Host(section),
            SiloPort = section.Port("siloPort", 11111 + index),
            GatewayPort = section.Port("gatewayPort", 30000 + index),
            AdminPort = section.Port("adminPort", 9101 + index),
            Devices = Devices(section),
            Telemetry = section.OneOf("telemetry", "auto", ("auto", "auto"), ("nvidia-smi", "nvidia-smi"), ("host", "host")),
            Insecure = section.OneOf("insecure", false, ("true", true), ("false", false)),
        };
        section.Close();
        // A silo may listen on every address of its machine (its host is what others connect to), so its ports meet all hosts.
        Ports.Add(new(silo.Node, "0.0.0.0", silo.SiloPort, silo.Name, null, section.Describe("siloPort"), section.LineOf("siloPort")));
        Ports.Add(new(silo.Node, "0.0.0.0", silo.GatewayPort, silo.Name, null, section.Describe("gatewayPort"), section.LineOf("gatewayPort")));
        Ports.Add(new(silo.Node, "127.0.0.1", silo.AdminPort, silo.Name, null, section.Describe("adminPort"), section.LineOf("adminPort")));
        return silo;
    }

    public GatewayConfig Gateway(ConfigSection section, int index)
    {
        var (name, node) = (Name(section), Node(section));
        var gateway = new GatewayConfig
        {
            Name = name,
            Node = node,
            Listen = Listen(section, node, name, "gateways", "http://127.0.0.1:8080", $"http://127.0.0.1:{8081 + index}"),
            Public = Public(section),
            Insecure = section.OneOf("insecure", false, ("true", true), ("false", false)),
        };
        section.Close();
        return gateway;
    }

    public WebUiConfig WebUi(ConfigSection section, int index)
    {
        var (name, node) = (Name(section), Node(section));
        var webUi = new WebUiConfig
        {
            Name = name,
            Node = node,
            Listen = Listen(section, node, name, "webuis", "http://127.0.0.1:7860", $"http://127.0.0.1:{7861 + index}"),
            Public = Public(section),
        };
        section.Close();
        return webUi;
    }

    private string Name(ConfigSection section)
    {
        if (section.Text("name") is not { } name)
        {
            if (!section.Has("name"))
                section.Report("name", "is missing; every process needs a name of its own");
            return "";
        }
        if (!Word().IsMatch(name))
            section.Report("name", $"'{name}' is not a name; {WordRule}");
        else if (!_names.TryAdd(name, section.PathOf("")))
            section.Report("name", $"'{name}' is already the name of {_names[name]}; every process needs its own");
        return name;
    }

    private static string Node(ConfigSection section)
    {
        var node = section.Text("node") ?? DefaultNode;
        if (Word().IsMatch(node))
            return node;
        section.Report("node", $"'{node}' is not a name; {WordRule}");
        return DefaultNode;
    }

    private static string Host(ConfigSection section)
    {
        var host = section.Text("host") ?? "127.0.0.1";
        if (!HostName.IsValid(host))
            section.Report("host", $"'{host}' is not a host; write an IP address, localhost or a name");
        else if (HostName.IsWildcard(host))
            section.Report("host", $"'{host}' is nothing that others can connect to; write this node's own address");
        return host;
    }

    private ImmutableArray<string> Devices(ConfigSection section)
    {
        if (section.Texts("devices") is not { } devices)
            return ["cpu"];
        foreach (var device in devices.Where(d => !Device().IsMatch(d.Text)))
            errors.Add(device.Line, $"{section.Describe("devices")}: '{device.Text}' is not a device; use cpu, cuda:0, cuda:1 … or auto");
        if (devices.Length == 0)
            section.Report("devices", "is empty; name at least one, for example [cpu]");
        if (devices.Length > 1 && devices.Any(d => d.Text == "auto"))
            section.Report("devices", "'auto' stands for all devices of the machine; write it alone");
        return [.. devices.Select(d => d.Text)];
    }

    private ImmutableArray<Uri> Listen(
        ConfigSection section, string node, string name, string group, params ReadOnlySpan<string> fallback)
    {
        var line = section.LineOf("listen");
        var texts = section.Texts("listen");
        var addresses = texts is { } written
            ? written.Select(t => (t.Text, t.Line)).ToList()
            : [.. fallback.ToArray().Select(address => (address, line))];
        if (texts is { Length: 0 })
            section.Report("listen", "is empty; give it at least one address, for example [http://127.0.0.1:8081]");
        var listen = ImmutableArray.CreateBuilder<Uri>();
        foreach (var (text, textLine) in addresses)
        {
            if (!ListenAddress.TryParse(text, out var uri, out var problem))
            {
                errors.Add(textLine, $"{section.Describe("listen")}: '{text}' {problem}");
                continue;
            }
            listen.Add(uri);
            Ports.Add(new(node, uri.Host, uri.Port, name, group, section.Describe("listen"), textLine));
        }
        return listen.ToImmutable();
    }

    private static Uri? Public(ConfigSection section)
    {
        if (section.Text("public") is not { } text)
            return null;
        if (!ListenAddress.TryParse(text, out var uri, out var problem, isPublic: true))
            section.Report("public", $"'{text}' {problem}");
        else if (HostName.IsWildcard(uri.Host))
            section.Report("public", $"'{text}' is nothing that others can connect to; write the address they use");
        return uri;
    }

    // Names become file names, log properties and HTTP header values.
    private const string WordRule = "use up to 63 letters, digits, '-', '_' or '.', beginning with a letter or digit";

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex("^(cpu|auto|cuda:[0-9]{1,3})$", RegexOptions.CultureInvariant)]
    private static partial Regex Device();
}
