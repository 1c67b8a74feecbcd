using System.Collections.Immutable;

namespace Evergrain.Cli.Drill.Load;

/// <summary>Opens the connection for a request: elsewhere than from this process's own network, where a scenario needs that.</summary>
internal delegate ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken);

internal sealed record LoadOptions
{
    public required double PerSecond { get; init; }

    /// <summary>Requests fall on each of them with the same likelihood.</summary>
    public required ImmutableArray<CallerKind> Kinds { get; init; }

    /// <summary>Callers of a kind, each with connections of its own.</summary>
    public int CallersPerKind { get; init; } = 8;

    /// <summary>Of the arrivals and of the choice of texts: the same seed gives the same load.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>JSON of the requests that it draws from.</summary>
    public ImmutableArray<byte[]> Bodies { get; init; } = ReviewTexts.Bodies;

    /// <summary>Null: this process's own sockets.</summary>
    public Connect? Connect { get; init; }
}
