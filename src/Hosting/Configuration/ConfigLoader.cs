namespace Evergrain.Hosting.Configuration;

/// <summary>Reads and checks evergrain.yaml.</summary>
public static class ConfigLoader
{
    /// <summary>What a file without these lists means; ports and addresses follow from the place in the list.</summary>
    private const string DefaultProcesses = """
        silos: [{ name: silo-a }, { name: silo-b }]
        gateways: [{ name: gateway-a }, { name: gateway-b }]
        webuis: [{ name: webui-a }, { name: webui-b }]
        """;

    private const string AllShared = "every address is shared with another process; give it one of its own as well";

    /// <summary>Reads <paramref name="file"/>; a key that is left out has its default.</summary>
    /// <exception cref="ConfigException">Anything is wrong with it; names all errors with value and line.</exception>
    public static EvergrainConfig Load(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigException(Path.GetFullPath(file), [new ConfigError(0, "there is no such file; name another with --config FILE")]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException(Path.GetFullPath(file), [new ConfigError(0, $"cannot be read: {e.Message}")]);
        }
        return Parse(text, file);
    }

    /// <summary>The same for a text that is already read; <paramref name="file"/> need not exist: it names the folder that relative
    /// paths start in, and stands in messages. An empty text gives the default pair.</summary>
    /// <exception cref="ConfigException">Anything is wrong with it; names all errors with value and line.</exception>
    public static EvergrainConfig Parse(string text, string file)
    {
        var path = Path.GetFullPath(file);
        var errors = new ConfigErrors();
        var config = Read(text, path, errors);
        return errors.Any ? throw new ConfigException(path, errors.InOrder()) : config;
    }

    private static EvergrainConfig Read(string text, string path, ConfigErrors errors)
    {
        var root = new YamlTree(errors).Read(text);
        if (root is not (null or YamlMap or YamlScalar { IsNull: true }))
            errors.Add(root.Line, "the file must be a map of sections such as cluster, silos and gateways");
        if (errors.Any && root is not YamlMap)
            return new EvergrainConfig { File = path };

        var file = new ConfigSection(root as YamlMap ?? new YamlMap(0, []), "", "", errors);
        var settings = new SettingsSections(Path.GetDirectoryName(path)!);
        var processes = new ProcessSections(errors);
        var (silos, gateways, webUis) = (List(file, "silos", errors), List(file, "gateways", errors), List(file, "webuis", errors));
        var config = new EvergrainConfig
        {
            File = path,
            Cluster = settings.Cluster(file.Section("cluster")),
            Model = settings.Model(file.Section("model")),
            Engine = SettingsSections.Engine(file.Section("engine")),
            Routing = SettingsSections.Routing(file.Section("routing")),
            Limits = SettingsSections.Limits(file.Section("limits")),
            Silos = [.. silos.Select(processes.Silo)],
            Gateways = [.. gateways.Select(processes.Gateway)],
            WebUis = [.. webUis.Select(processes.WebUi)],
            Webhooks = [.. (file.Sections("webhooks") ?? []).Select(WebhookSection.Read)],
            Tls = settings.Tls(file.Section("tls")),
            Tracing = SettingsSections.Tracing(file.Section("tracing")),
            Keys = [.. (file.Sections("keys") ?? []).Select(KeyConfig.Read)],
        };
        file.Close();

        if (silos.Count == 0 && !errors.Any)
            file.Report("silos", "is empty; at least one silo must do the work");
        processes.Ports.ReportClashes(errors);
        // Only an address of its own reaches exactly one process, as the supervisor and status must.
        for (var i = 0; i < gateways.Count; i++)
        {
            if (!config.Gateways[i].Listen.IsEmpty && config.OwnAddress(config.Gateways[i]) is null)
                gateways[i].Report("listen", AllShared);
        }
        for (var i = 0; i < silos.Count; i++) RequireTls(config, config.Silos[i], silos[i]);
        for (var i = 0; i < gateways.Count; i++) RequireKeys(config, config.Gateways[i], gateways[i]);
        for (var i = 0; i < webUis.Count; i++)
        {
            if (!config.WebUis[i].Listen.IsEmpty && config.OwnAddress(config.WebUis[i]) is null)
                webUis[i].Report("listen", AllShared);
        }
        return config;
    }

    /// <summary>Who reaches a silo's ports may do whatever a silo or a gateway may.</summary>
    private static void RequireTls(EvergrainConfig config, SiloConfig silo, ConfigSection section)
    {
        if (silo.Insecure || config.Tls.Folder is not null || HostName.IsLoopback(silo.Host)) return;
        section.Report("host", $"other machines can reach this silo's ports at {silo.Host} without a certificate; make certificates (./evergrain certs) and name their folder "
            + "in 'tls: { folder: certs }', or write 'insecure: true' here where the network keeps strangers out");
    }

    /// <summary>What other machines can reach asks callers for keys.</summary>
    private static void RequireKeys(EvergrainConfig config, GatewayConfig gateway, ConfigSection section)
    {
        if (gateway.Insecure || config.Keys.Any(k => k.Role == KeyRole.Caller) || gateway.Listen.FirstOrDefault(a => !a.IsLoopback) is not { } open) return;
        section.Report("listen", $"other machines can reach {open.GetLeftPart(UriPartial.Authority)}, and no key is asked for; make one for callers (./evergrain key NAME), "
            + "or write 'insecure: true' here where the network keeps strangers out");
    }

    private static List<ConfigSection> List(ConfigSection file, string key, ConfigErrors errors)
    {
        if (file.Sections(key) is { } written)
            return written;
        var defaults = (YamlMap)new YamlTree(errors).Read(DefaultProcesses)!;
        var entries = (YamlList)defaults.Entries.Single(e => e.Key == key).Value;
        // Line 0: they stand nowhere in the file.
        return [.. entries.Items.Cast<YamlMap>().Select((entry, index) => new ConfigSection(
            new YamlMap(0, [.. entry.Entries.Select(e => e with { Line = 0 })]),
            $"{key}[{index}]", $" (a default; write '{key}: []' for none)", errors))];
    }
}
