using System.Collections.Immutable;

namespace Evergrain.Client.Channels;

/// <summary>The channels that the dispatcher picks from; tests script it.</summary>
internal interface IChannelSource
{
    /// <summary>All of them, as they are now.</summary>
    ImmutableArray<ISiloChannel> Current { get; }

    /// <summary>Completes at the next change that may let a call go where it could not go before.</summary>
    Task WhenChanged { get; }

    /// <summary>Refuses a text from now on, here and, through the silos, at every other client.</summary>
    /// <param name="text">The text; only its hash is kept.</param>
    /// <param name="silo">The silo that was lost the second time.</param>
    void Refuse(string text, string silo);
}
