using System.Collections.Immutable;

namespace Evergrain;

/// <summary>Which queue a request rides in; interactive goes first.</summary>
[GenerateSerializer, Alias("evergrain.Lane")]
public enum Lane
{
    /// <summary>Somebody waits for the answer.</summary>
    Interactive = 0,

    /// <summary>Files and long lists.</summary>
    Bulk = 1,

    /// <summary>Interactive, and in a batch of its own: a text that may have ended a process takes no neighbour with it, and nobody else can
    /// be blamed.</summary>
    Alone = 2,
}

/// <summary>One call to a silo: up to a few hundred texts that are answered together.</summary>
[GenerateSerializer, Immutable, Alias("evergrain.PredictRequest")]
public sealed record PredictRequest
{
    /// <summary>The texts, in the order in which they are answered. Not blank.</summary>
    [Id(0)] public required ImmutableArray<string> Texts { get; init; }

    /// <summary>Time the caller still has, from the moment the silo takes the call. A span, not an instant: the clocks of two
    /// machines differ.</summary>
    [Id(1)] public required TimeSpan TimeLeft { get; init; }

    /// <summary>Which queue it rides in.</summary>
    [Id(2)] public Lane Lane { get; init; }
}
