using System.Collections.Immutable;

namespace Evergrain.Client.Picking;

/// <summary>The last decisions, for people who ask why a call went where it went.</summary>
internal sealed class PickLog
{
    /// <summary>Oldest first.</summary>
    public ImmutableArray<PickRecord> Recent { get; } = [];
}
