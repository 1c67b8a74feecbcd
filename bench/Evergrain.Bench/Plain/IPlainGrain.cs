namespace Evergrain.Bench.Plain;

/// <summary>One text, one answer.</summary>
[Alias("evergrain.bench.IPlainGrain")]
internal interface IPlainGrain : IGrainWithIntegerKey
{
    [Alias("predict")]
    Task<PlainAnswer> PredictAsync(string text);
}
