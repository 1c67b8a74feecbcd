using System.Collections.Immutable;
using Evergrain.Client.Channels;

namespace Evergrain.UnitTests.Client;

/// <summary>The channels that a dispatcher under test picks from.</summary>
internal sealed class FakeChannels(PoisonList poison, params IEnumerable<ISiloChannel> channels) : IChannelSource
{
    private TaskCompletionSource _changed = New();

    public ImmutableArray<ISiloChannel> Current { get; } = [.. channels];

    public Task WhenChanged => Volatile.Read(ref _changed).Task;

    /// <summary>What was refused, and the silo that was lost the second time.</summary>
    public List<(string Text, string Silo)> Refused { get; } = [];

    public void Refuse(string text, string silo)
    {
        lock (Refused) Refused.Add((text, silo));
        poison.Add([new PoisonMark { Hash = PoisonList.HashOf(text), TimeLeft = PoisonList.Lifetime }]);
    }

    /// <summary>Something changed that may let a call go where it could not go before.</summary>
    public void Change() => Interlocked.Exchange(ref _changed, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
