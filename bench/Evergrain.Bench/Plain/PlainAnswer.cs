namespace Evergrain.Bench.Plain;

/// <summary>What POST /predict answers.</summary>
[GenerateSerializer, Alias("evergrain.bench.PlainAnswer")]
internal readonly record struct PlainAnswer([property: Id(0)] string Label, [property: Id(1)] double Score);
