namespace Evergrain.Cli.Supervision;

/// <summary>What the control socket and <c>status --json</c> say of one process.</summary>
internal sealed record ProcessReport
{
    public required string Name { get; init; }

    public required string Kind { get; init; }

    public required string Node { get; init; }

    /// <summary>Null where it does not run, or where it is not a child of an <c>up</c> on this machine.</summary>
    public int? Pid { get; init; }

    /// <summary>One of <see cref="ProcessState"/>.</summary>
    public required string State { get; init; }

    public int? Restarts { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How it ended the last time, where it did.</summary>
    public string? LastExit { get; init; }
}

/// <summary>States of a process as words for people and scripts.</summary>
internal static class ProcessState
{
    /// <summary>Runs, and was not ready since its start.</summary>
    public const string Starting = "starting";

    public const string Ready = "ready";

    /// <summary>Was ready and is not now.</summary>
    public const string Unready = "unready";

    /// <summary>Ended; waits to be started again.</summary>
    public const string Backoff = "backoff";

    /// <summary>Asked to end, and still there.</summary>
    public const string Stopping = "stopping";

    /// <summary>Down until a person starts it.</summary>
    public const string Stopped = "stopped";

    /// <summary>Not a child of an <c>up</c> here, and nothing answers at its address.</summary>
    public const string Unreachable = "unreachable";
}
