using System.Collections.Immutable;

namespace Evergrain.Client.Channels;

/// <summary>The channels that the dispatcher picks from; tests script it.</summary>
internal interface IChannelSource
{

    /// <summary>All of them, as they are now.</summary>
    ImmutableArray<ISiloChannel> Current { get; }

    /// <summary>True where another silo's membership view declares this channel's boot dead.</summary>
    bool IsDeclaredDead(ISiloChannel channel);
}
