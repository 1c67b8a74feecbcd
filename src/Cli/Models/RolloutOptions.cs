namespace Evergrain.Cli.Models;

/// <summary>The times of a change of the model. Tests shorten them.</summary>
internal sealed record RolloutOptions
{
    /// <summary>For silos that were starting or restarted meanwhile to be ready: one opens its model and answers its known answers.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMinutes(2);

    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(250);
}
