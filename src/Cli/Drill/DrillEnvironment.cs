using Evergrain.Cli.Drill.Clusters;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill;

/// <summary>What this drill has to work with: what the machine can do and what was asked for.</summary>
internal sealed record DrillEnvironment
{
    /// <summary>The config that the drill's own clusters are made from, or the running one's.</summary>
    public required EvergrainConfig Config { get; init; }

    /// <summary>The faults hit a running cluster: nothing but signals to its local processes is allowed.</summary>
    public bool Attached { get; init; }

    public bool IsRoot { get; init; } = Environment.IsPrivilegedProcess;

    /// <summary>Whether the programs of a PostgreSQL server are installed.</summary>
    public bool HasPostgreSql { get; init; } = PostgreSqlServer.Programs is not null;

    /// <summary>The test build of the silo that can be made to die or throw by a text; null where it is not built.</summary>
    public string? FaultySilo { get; init; }

    /// <summary>Fewer repetitions and shorter waits.</summary>
    public bool Quick { get; init; }

    /// <summary>How long the scenarios last that are about a long time; null: as long as each says.</summary>
    public TimeSpan? Length { get; init; }

    /// <summary>Failover is switched off, and the drill must notice.</summary>
    public bool SelfTest { get; init; }

    /// <summary>Of the model's file; 0 where there is none.</summary>
    public long ModelBytes => new FileInfo(Path.Combine(Config.Model.Path, "model.onnx")) is { Exists: true } file ? file.Length : 0;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public const string NotAttached = "needs a cluster of its own: run it without --attach";

    public const string NeedsPostgreSql = "needs a PostgreSQL server of its own: install the postgresql package";

    /// <summary>The reason that holds for every scenario that may only run on the drill's own cluster.</summary>
    public string? WhyNotOwn => Attached ? NotAttached : null;

    /// <summary>The same for those that take the database away.</summary>
    public string? WhyNotDatabase => WhyNotOwn ?? (HasPostgreSql ? null : NeedsPostgreSql);
}
