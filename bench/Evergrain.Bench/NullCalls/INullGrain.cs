namespace Evergrain.Bench.NullCalls;

/// <summary>The cheapest call there is: one hop, nothing to carry, nothing to do.</summary>
[Alias("evergrain.bench.INullGrain")]
public interface INullGrain : IGrainWithStringKey
{
    [Alias("call")]
    Task CallAsync();
}
