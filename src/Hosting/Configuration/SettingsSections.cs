using System.Globalization;

namespace Evergrain.Hosting.Configuration;

/// <summary>Reads the sections that hold settings: cluster, model, engine, routing, limits.</summary>
/// <param name="folder">Where relative paths start: the file's folder.</param>
internal sealed class SettingsSections(string folder)
{
    public ClusterConfig Cluster(ConfigSection section)
    {
        var defaults = new ClusterConfig();
        var membership = section.Section("membership");
        var provider = membership.OneOf("provider", defaults.Provider,
            ("sqlite", MembershipProvider.Sqlite), ("postgresql", MembershipProvider.Postgresql));
        var cluster = new ClusterConfig
        {
            Id = section.Text("id") ?? defaults.Id,
            Provider = provider,
            Connection = Connection(membership, provider),
        };
        if (cluster.Id.Length is 0 or > 100)
            section.Report("id", $"'{cluster.Id}' must have 1 to 100 characters");
        membership.Close();
        section.Close();
        return cluster;
    }

    public ModelConfig Model(ConfigSection section)
    {
        var defaults = new ModelConfig();
        var model = new ModelConfig
        {
            Name = section.Text("name") ?? defaults.Name,
            Path = Absolute(section, "path", section.Text("path") ?? Path.Combine("models", "default")),
        };
        if (model.Name.Length is 0 or > 100)
            section.Report("name", $"'{model.Name}' must have 1 to 100 characters");
        section.Close();
        return model;
    }

    public static EngineConfig Engine(ConfigSection section)
    {
        var defaults = new EngineConfig();
        var engine = new EngineConfig
        {
            Threads = section.Number("threads", defaults.Threads, 0, 1024),
            Slots = section.Number("slots", defaults.Slots, 0, 1024),
            BatchTokens = section.Number("batchTokens", defaults.BatchTokens, 0, 1 << 20),
            MaxQueueWait = section.Duration("maxQueueWait", defaults.MaxQueueWait, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            ProbeInterval = section.Duration("probeInterval", defaults.ProbeInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            CpuFallback = section.OneOf("cpuFallback", defaults.CpuFallback, ("on", true), ("off", false)),
            CudaMemoryMib = section.Number("cudaMemoryMib", defaults.CudaMemoryMib, 0, 1 << 20),
            RunLimit = section.Duration("runLimit", defaults.RunLimit, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        };
        section.Close();
        return engine;
    }

    public static RoutingConfig Routing(ConfigSection section)
    {
        var defaults = new RoutingConfig();
        var routing = new RoutingConfig
        {
            Deadline = section.Duration("deadline", defaults.Deadline, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            BatchDeadline = section.Duration("batchDeadline", defaults.BatchDeadline, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            SuspectAfter = section.Duration("suspectAfter", defaults.SuspectAfter, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            ReportInterval = section.Duration("reportInterval", defaults.ReportInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(30)),
            Failover = section.OneOf("failover", defaults.Failover, ("on", true), ("off", false)),
        };
        if (routing.SuspectAfter < 2 * routing.ReportInterval)
        {
            var key = section.Has("suspectAfter") ? "suspectAfter" : "reportInterval";
            section.Report(key, $"one late report would make a silo suspect; suspectAfter ({Durations.Format(routing.SuspectAfter)}) "
                + $"must be at least twice reportInterval ({Durations.Format(routing.ReportInterval)})");
        }
        section.Close();
        return routing;
    }

    public TlsConfig Tls(ConfigSection section)
    {
        var tls = new TlsConfig { Folder = section.Text("folder") is { } folder ? Absolute(section, "folder", folder) : null };
        section.Close();
        return tls;
    }

    public static TracingConfig Tracing(ConfigSection section)
    {
        Uri? otlp = null;
        if (section.Text("otlp") is { } text && !(Uri.TryCreate(text, UriKind.Absolute, out otlp) && otlp.Scheme is "http" or "https"))
            section.Report("otlp", $"'{text}' is not an address; write that of a collector that takes OTLP over HTTP, for example http://127.0.0.1:4318");
        var ratio = new TracingConfig().Ratio;
        if (section.Text("ratio") is { } share && !(double.TryParse(share, NumberStyles.Float, CultureInfo.InvariantCulture, out ratio) && ratio is >= 0 and <= 1))
            section.Report("ratio", $"'{share}' is not a share from 0 to 1");
        section.Close();
        return new TracingConfig { Otlp = otlp, Ratio = ratio };
    }

    public static LimitsConfig Limits(ConfigSection section)
    {
        var defaults = new LimitsConfig();
        var limits = new LimitsConfig
        {
            BodyBytes = section.Number("bodyBytes", defaults.BodyBytes, 1, 1 << 30),
            Texts = section.Number("texts", defaults.Texts, 1, 1_000_000),
            // With a few labels each, this stays below the 2,000 series that a metric may have.
            Sources = section.Number("sources", defaults.Sources, 0, 500),
        };
        section.Close();
        return limits;
    }

    private string Connection(ConfigSection membership, MembershipProvider provider)
    {
        var text = membership.Text("connection");
        if (provider == MembershipProvider.Postgresql)
        {
            if (string.IsNullOrEmpty(text))
                membership.Report("connection", "is missing; write an Npgsql connection string such as 'Host=db;Database=evergrain;Username=…;Timeout=2;Command Timeout=2'");
            else if (!text.Contains('=', StringComparison.Ordinal))
                membership.Report("connection", $"'{text}' is not an Npgsql connection string (key=value;…)");
            return text ?? "";
        }
        text ??= Path.Combine(".evergrain", "membership.db");
        // Never print the value here: somebody may have left a PostgreSQL connection with its password under sqlite.
        if (text.Contains('=', StringComparison.Ordinal))
            membership.Report("connection", "is a connection string; sqlite wants the path of the file only (or set provider: postgresql)");
        return Absolute(membership, "connection", text);
    }

    private string Absolute(ConfigSection section, string key, string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            section.Report(key, $"'{path}' is not a path");
            return folder;
        }
        return Path.GetFullPath(path, folder);
    }
}
