using Evergrain.Client.Events;
using Evergrain.Client.Picking;
using Evergrain.Tls;
using Microsoft.Extensions.Logging;

namespace Evergrain.Client.Channels;

/// <summary>What all channels of a client share.</summary>
internal sealed record ChannelContext
{
    public required EvergrainClientOptions Options { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public required TimeProvider Time { get; init; }

    public required ClusterEvents Events { get; init; }

    public required ServiceTimes ServiceTimes { get; init; }

    public required PoisonList Poison { get; init; }

    /// <summary>What the silos answered to the first calls.</summary>
    public required KnownAnswers Answers { get; init; }

    /// <summary>Null: plain connections.</summary>
    public required MutualTls? Tls { get; init; }

    /// <summary>To be called after every change that may let a call go where it could not go before.</summary>
    public required Action StateChanged { get; init; }
}
