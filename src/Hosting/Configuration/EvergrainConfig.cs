using System.Collections.Immutable;

namespace Evergrain.Hosting.Configuration;

/// <summary>The whole of evergrain.yaml, checked, with every default filled in and every path absolute.</summary>
public sealed record EvergrainConfig
{
    /// <summary>Absolute path of the file it was read from.</summary>
    public required string File { get; init; }

    public ClusterConfig Cluster { get; init; } = new();

    public ModelConfig Model { get; init; } = new();

    public EngineConfig Engine { get; init; } = new();

    public RoutingConfig Routing { get; init; } = new();

    public LimitsConfig Limits { get; init; } = new();

    public ImmutableArray<SiloConfig> Silos { get; init; } = [];

    public ImmutableArray<GatewayConfig> Gateways { get; init; } = [];

    public ImmutableArray<WebUiConfig> WebUis { get; init; } = [];

    public ImmutableArray<WebhookConfig> Webhooks { get; init; } = [];

    public ImmutableArray<KeyConfig> Keys { get; init; } = [];

    public TlsConfig Tls { get; init; } = new();

    public TracingConfig Tracing { get; init; } = new();

    /// <summary>Folder of the file: relative paths in it start here.</summary>
    public string Folder => Path.GetDirectoryName(File)!;

    /// <summary>Logs, sockets and the default membership file live here.</summary>
    public string StateFolder => Path.Combine(Folder, ".evergrain");

    /// <summary>For a process that sends to webhooks, or starts one that does.</summary>
    /// <exception cref="ConfigException">An environment variable that a webhook names is not set; names them all.</exception>
    public EvergrainConfig RequireVariables()
        => Webhooks.SelectMany(w => w.MissingVariables).ToImmutableArray() is { Length: > 0 } missing ? throw new ConfigException(File, missing) : this;
}

/// <summary>Which database holds the membership table.</summary>
public enum MembershipProvider
{
    /// <summary>A file: one machine.</summary>
    Sqlite,

    /// <summary>PostgreSQL: any number of machines.</summary>
    Postgresql,
}

public sealed record ClusterConfig
{
    /// <summary>Silos and gateways with another id do not see each other.</summary>
    public string Id { get; init; } = "evergrain";

    public MembershipProvider Provider { get; init; } = MembershipProvider.Sqlite;

    /// <summary>An absolute path for <see cref="MembershipProvider.Sqlite"/>, an Npgsql connection string for
    /// <see cref="MembershipProvider.Postgresql"/>.</summary>
    public string Connection { get; init; } = "";
}

public sealed record ModelConfig
{
    /// <summary>Key of the inference grain.</summary>
    public string Name { get; init; } = "sentiment";

    /// <summary>Absolute path of the model package.</summary>
    public string Path { get; init; } = "";
}

/// <summary>How a silo runs the model.</summary>
public sealed record EngineConfig
{
    /// <summary>Intra-op threads of a slot; 0: as few of the silo's cores (cores ÷ silos on this machine) as answer a text quickly.</summary>
    public int Threads { get; init; }

    /// <summary>Batches that a device computes at the same time; 0: on a CPU the silo's cores ÷ threads, on a CUDA device 1.</summary>
    public int Slots { get; init; }

    /// <summary>Padded tokens (longest × count) in one batch, at most 1,048,576; 0: 256 on a CPU, 4,096 on a CUDA device.</summary>
    public int BatchTokens { get; init; }

    /// <summary>Serve from the CPU where every device of a silo stays out after failures.</summary>
    public bool CpuFallback { get; init; }

    /// <summary>MiB that ONNX Runtime's arena may take of each CUDA device; 0: all that it wants.</summary>
    public int CudaMemoryMib { get; init; }

    /// <summary>Padded-token queue limit of a silo, in predicted waiting time.</summary>
    public TimeSpan MaxQueueWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two looks at the known answers of each device.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A run that takes longer has failed, and its device with it.</summary>
    public TimeSpan RunLimit { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>How gateways choose silos.</summary>
public sealed record RoutingConfig
{
    /// <summary>A request's time where it names none.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same for a call of several texts.</summary>
    public TimeSpan BatchDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>No load report for this long: suspect.</summary>
    public TimeSpan SuspectAfter { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>Time between two load reports of a silo.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>False: one attempt a call, nothing watched. Only for a drill that wants to see whether it would notice.</summary>
    public bool Failover { get; init; } = true;
}

/// <summary>Mutual TLS between silos, and between silos and their clients.</summary>
public sealed record TlsConfig
{
    /// <summary>Absolute path of the folder with ca.crt, silo.crt, silo.key, client.crt and client.key; null: none.</summary>
    public string? Folder { get; init; }
}

/// <summary>Where traces go.</summary>
public sealed record TracingConfig
{
    /// <summary>An OTLP collector over HTTP; null: no traces.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Share of the requests that are traced, 0..1, where the caller does not decide it (traceparent).</summary>
    public double Ratio { get; init; } = 0.01;
}

/// <summary>What a request may bring.</summary>
public sealed record LimitsConfig
{
    /// <summary>Bytes of a request's body.</summary>
    public int BodyBytes { get; init; } = 1024 * 1024;

    /// <summary>Texts in one call.</summary>
    public int Texts { get; init; } = 1024;

    /// <summary>Sources that a gateway counts by their own names; those beyond are counted together.</summary>
    public int Sources { get; init; } = 100;
}

public sealed record SiloConfig
{
    public required string Name { get; init; }

    public string Node { get; init; } = "local";

    /// <summary>Address that other silos and gateways connect to.</summary>
    public string Host { get; init; } = "127.0.0.1";

    public required int SiloPort { get; init; }

    /// <summary>Orleans client port.</summary>
    public required int GatewayPort { get; init; }

    /// <summary>Health, metrics and dashboard, on loopback.</summary>
    public required int AdminPort { get; init; }

    /// <summary>"cpu", "cuda:0", "cuda:1" …; one session slot each.</summary>
    public ImmutableArray<string> Devices { get; init; } = ["cpu"];

    /// <summary>"auto", "nvidia-smi" or "host".</summary>
    public string Telemetry { get; init; } = "auto";

    /// <summary>May be reached from other machines without TLS.</summary>
    public bool Insecure { get; init; }
}

public sealed record GatewayConfig
{
    public required string Name { get; init; }

    public string Node { get; init; } = "local";

    /// <summary>http://host:port; an address that a second gateway of the node lists too is shared.</summary>
    public required ImmutableArray<Uri> Listen { get; init; }

    /// <summary>The address that others use, where it differs.</summary>
    public Uri? Public { get; init; }

    /// <summary>May be reached from other machines without a key.</summary>
    public bool Insecure { get; init; }
}

public sealed record WebUiConfig
{
    public required string Name { get; init; }

    public string Node { get; init; } = "local";

    public required ImmutableArray<Uri> Listen { get; init; }

    public Uri? Public { get; init; }
}
