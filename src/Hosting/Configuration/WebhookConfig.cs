using System.Collections.Immutable;

namespace Evergrain.Hosting.Configuration;

/// <summary>Whose robot reads the messages.</summary>
public enum WebhookFormat
{
    /// <summary>The events as JSON, for programs.</summary>
    Json,

    /// <summary>A custom robot of a DingTalk group.</summary>
    DingTalk,

    /// <summary>A robot of a WeCom group.</summary>
    WeCom,

    /// <summary>A custom bot of a Feishu group.</summary>
    Feishu,
}

/// <summary>What people can ask to be told of: kinds of events in groups.</summary>
public enum AlertClass
{
    /// <summary>Its connection closed, its reports stopped, or membership declared it dead.</summary>
    SiloLost,

    /// <summary>It says that it cannot answer.</summary>
    SiloFailed,

    /// <summary>Out of rotation after failures.</summary>
    SiloEjected,

    /// <summary>Its device's memory is nearly full.</summary>
    SiloFull,

    /// <summary>Well again, after a message said that it was not.</summary>
    SiloBack,

    SiloDraining,

    /// <summary>A text that two processes died on is refused.</summary>
    Poison,

    /// <summary>A silo cannot reach the membership database, or can again.</summary>
    Database,

    /// <summary>Calls in flight were sent elsewhere.</summary>
    Failover,
}

/// <summary>One place that gateways send messages to. Never print its address: for every one of these services it holds the token.</summary>
public sealed record WebhookConfig
{
    /// <summary>What is told where the file names no events: everything that needs a person, and the all-clear.</summary>
    public static ImmutableArray<AlertClass> DefaultEvents { get; } =
        [AlertClass.SiloLost, AlertClass.SiloFailed, AlertClass.SiloEjected, AlertClass.SiloFull, AlertClass.SiloBack, AlertClass.Poison, AlertClass.Database];

    public WebhookFormat Format { get; init; }

    /// <summary>http or https, absolute.</summary>
    public required Uri Url { get; init; }

    /// <summary>Signs messages to DingTalk and Feishu; null where the robot asks for none.</summary>
    public string? Secret { get; init; }

    public ImmutableArray<AlertClass> Events { get; init; } = DefaultEvents;

    /// <summary>The same class of the same silo is not told again within this time.</summary>
    public TimeSpan RepeatAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Environment variables that its url or secret name and that this process does not have. Only a process that sends needs
    /// them: `evergrain status` in another shell must work without.</summary>
    public ImmutableArray<ConfigError> MissingVariables { get; init; } = [];

    /// <summary>Format and host: what may stand in a log.</summary>
    public override string ToString() => $"{Format} at {Url.Host}";
}
