using System.Collections.Immutable;

namespace Evergrain.Cli.Drill.Results;

/// <summary>All that a drill found: what the table, the JSON and the HTML report are made from.</summary>
internal sealed record DrillReport
{
    public required string EvergrainVersion { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Took { get; init; }

    /// <summary>"Debian GNU/Linux 12, 2 cores, 24 GiB, .NET 10.0.1".</summary>
    public required string Machine { get; init; }

    /// <summary>Name and version of the model that was served, and the start of its hash.</summary>
    public required string Model { get; init; }

    /// <summary>"sqlite" or "postgresql 15.18".</summary>
    public required string Membership { get; init; }

    /// <summary>"2 silos, 2 gateways, own cluster", or which one it was attached to.</summary>
    public required string Cluster { get; init; }

    /// <summary>Requests a second that the pair answered with the load generator running.</summary>
    public required double CapacityPerSecond { get; init; }

    /// <summary>Requests a second that were sent during the faults.</summary>
    public required double RatePerSecond { get; init; }

    /// <summary>True where failover was switched off, to see that the drill notices.</summary>
    public bool SelfTest { get; init; }

    public required ImmutableArray<ScenarioResult> Scenarios { get; init; }

    /// <summary>Everything that ran passed, and something ran.</summary>
    public bool Passed => Scenarios.All(s => s.Verdict != Verdict.Failed) && Scenarios.Any(s => s.Verdict == Verdict.Passed);
}

internal enum Verdict
{
    Passed,
    Failed,
    NotRun,
}

/// <summary>A text in both languages of the report.</summary>
internal sealed record Bilingual(string Zh, string En);

/// <summary>One fault: what was done, what a user saw of it, how it was judged.</summary>
internal sealed record ScenarioResult
{
    /// <summary>As on the command line: "kill".</summary>
    public required string Name { get; init; }

    /// <summary>Number in the catalogue of faults.</summary>
    public required int Fault { get; init; }

    public required Bilingual Title { get; init; }

    /// <summary>How the fault is made.</summary>
    public required Bilingual How { get; init; }

    public required Bilingual PassLine { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>Why it did not run, or what went wrong while it did (an exception's message).</summary>
    public string? Reason { get; init; }

    public TimeSpan Took { get; init; }

    /// <summary>What callers saw, one entry a kind of caller ("one-URL", "two-URL"); empty where it did not run.</summary>
    public ImmutableArray<CallerFigures> Callers { get; init; } = [];

    public ImmutableArray<Check> Checks { get; init; } = [];

    public Timeline? Timeline { get; init; }
}

/// <summary>What one kind of caller saw. Latency counts from the scheduled send time.</summary>
internal sealed record CallerFigures
{
    public required Bilingual Caller { get; init; }

    public required int Requests { get; init; }

    public required int Failed { get; init; }

    /// <summary>Another label than before the fault where |p − 0.5| was over 0.02.</summary>
    public required int Wrong { get; init; }

    public required double P50Ms { get; init; }

    public required double P99Ms { get; init; }

    /// <summary>The longest time a caller waited: the unavailability that a user felt.</summary>
    public required double PMaxMs { get; init; }

    /// <summary>Longest time without a success, between two requests that were due.</summary>
    public required double LongestGapMs { get; init; }

    /// <summary>Attempts beyond the first (hedges, retries, failovers) by X-Attempts.</summary>
    public required int ExtraAttempts { get; init; }

    /// <summary>0 of N failed says that the true share is below 3/N with 95 % confidence.</summary>
    public double FailureBound => Requests == 0 ? 1 : 3.0 / Requests;
}

/// <summary>One line of the verdict: what was measured against which limit.</summary>
internal sealed record Check(Bilingual What, string Limit, string Measured, bool Passed);

/// <summary>The scenario second by second.</summary>
internal sealed record Timeline
{
    /// <summary>Length of a bucket.</summary>
    public required double BucketSeconds { get; init; }

    public required ImmutableArray<TimelineBucket> Buckets { get; init; }

    public required ImmutableArray<TimelineMark> Marks { get; init; }
}

/// <summary>Requests that were due within one bucket.</summary>
internal sealed record TimelineBucket
{
    /// <summary>Start of the bucket, in seconds from the start of the scenario.</summary>
    public required double At { get; init; }

    public required int Sent { get; init; }

    public required int Failed { get; init; }

    public required double P50Ms { get; init; }

    public required double MaxMs { get; init; }

    /// <summary>Answers by silo.</summary>
    public required ImmutableSortedDictionary<string, int> ServedBy { get; init; }
}

internal enum MarkKind
{
    Injection,
    Detection,
    Reroute,
    Eviction,
    Recovery,

    /// <summary>The fault was taken back (SIGCONT, the database started, the network healed).</summary>
    Healed,
    Other,
}

/// <summary>Something that happened at a moment of the scenario.</summary>
internal sealed record TimelineMark(double At, MarkKind Kind, string Silo, string Text);
