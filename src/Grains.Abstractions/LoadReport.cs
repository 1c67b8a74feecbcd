using System.Collections.Immutable;

namespace Evergrain;

/// <summary>What a silo says of itself.</summary>
[GenerateSerializer, Alias("evergrain.SiloState")]
public enum SiloState
{
    /// <summary>Loading its model or asking the known answers.</summary>
    Starting = 0,

    /// <summary>Takes work.</summary>
    Ready = 1,

    /// <summary>Finishes what it has and takes nothing new.</summary>
    Draining = 2,

    /// <summary>Cannot answer (model refused, device lost); says why.</summary>
    Failed = 3,
}

/// <summary>
/// A silo's state and load, pushed to every subscribed channel several times a second and added to every reply. It is the
/// heartbeat too. Of two reports the one with the greater (<see cref="BootId"/>, <see cref="Sequence"/>) is the newer.
/// </summary>
[GenerateSerializer, Immutable, Alias("evergrain.LoadReport")]
public sealed record LoadReport
{
    /// <summary>The silo's name as in the YAML.</summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>Which start of that silo: the generation of its Orleans address, growing from start to start.</summary>
    [Id(1)] public required int BootId { get; init; }

    /// <summary>Strictly increasing within a boot.</summary>
    [Id(2)] public required long Sequence { get; init; }

    [Id(3)] public required SiloState State { get; init; }

    /// <summary>Why it is not Ready, where it is not.</summary>
    [Id(4)] public string? Reason { get; init; }

    /// <summary>Tokens waiting in the queue, padding not counted.</summary>
    [Id(5)] public long QueuedTokens { get; init; }

    /// <summary>Texts taken and not answered yet, queued ones included.</summary>
    [Id(6)] public int InFlight { get; init; }

    /// <summary>Tokens per second that the silo gets through when it is busy; the known answers give the first value.</summary>
    [Id(7)] public double DrainRate { get; init; }

    /// <summary>Predicted rest of the batch that is running, zero where none is.</summary>
    [Id(8)] public TimeSpan RestOfBatch { get; init; }

    /// <summary>Share of the device's time in use, 0..1.</summary>
    [Id(9)] public double DeviceLoad { get; init; }

    /// <summary>Share of the device's memory in use, 0..1.</summary>
    [Id(10)] public double DeviceMemory { get; init; }

    /// <summary>The model it serves.</summary>
    [Id(11)] public required ModelIdentity Model { get; init; }

    /// <summary>The cluster as this silo's membership sees it; empty where it has not changed since the last report to this
    /// channel.</summary>
    [Id(12)] public ImmutableArray<MemberView> Members { get; init; } = [];

    /// <summary>How long the membership database has not answered this silo; null while it does. Calls go on without it, but nothing joins
    /// and nothing is evicted.</summary>
    [Id(13)] public TimeSpan? MembershipAway { get; init; }

    /// <summary>Texts that no client may send any more; empty where they have not changed since the last report to this channel.</summary>
    [Id(14)] public ImmutableArray<PoisonMark> Poison { get; init; } = [];

    /// <summary>Padded tokens that it runs at the same time at most; 0 where it does not say so.</summary>
    [Id(15)] public int BatchTokens { get; init; }

    /// <summary>Number of the reading that <see cref="DeviceLoad"/> and <see cref="DeviceMemory"/> are of, growing within a boot: the same reading rides on many
    /// reports, and whoever counts readings must count it once.</summary>
    [Id(16)] public long DeviceSample { get; init; }

    /// <summary>Share of the last seconds in which the silo's own batches ran, 0..1: the part of <see cref="DeviceLoad"/> that goes with its calls.</summary>
    [Id(17)] public double OwnLoad { get; init; }
}

/// <summary>A text that two processes died on. Handed from client to client through the silos, so that every gateway refuses it.</summary>
[GenerateSerializer, Immutable, Alias("evergrain.PoisonMark")]
public sealed record PoisonMark
{
    /// <summary>sha256 of the text's UTF-8, lower-case hexadecimal.</summary>
    [Id(0)] public required string Hash { get; init; }

    /// <summary>How much longer it is refused. A span, not an instant: the clocks of two machines differ.</summary>
    [Id(1)] public required TimeSpan TimeLeft { get; init; }
}

/// <summary>One silo in another silo's view of the membership.</summary>
[GenerateSerializer, Immutable, Alias("evergrain.MemberView")]
public sealed record MemberView
{
    [Id(0)] public required string Silo { get; init; }

    [Id(1)] public required int BootId { get; init; }

    /// <summary>Host or address that clients connect to.</summary>
    [Id(2)] public required string Host { get; init; }

    /// <summary>Orleans client port; 0 where unknown.</summary>
    [Id(3)] public required int GatewayPort { get; init; }

    /// <summary>True where membership declared this boot dead: it may still answer for a while and must not be asked.</summary>
    [Id(4)] public required bool Dead { get; init; }
}
