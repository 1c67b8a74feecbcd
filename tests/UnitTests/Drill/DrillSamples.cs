using Evergrain.Cli.Drill.Load;

namespace Evergrain.UnitTests.Drill;

/// <summary>Samples as short words: due and latency in milliseconds.</summary>
internal static class DrillSamples
{
    public static readonly CallerKind OneUrl = CallerKind.OneUrl(new Uri("http://127.0.0.1:1"));

    public static Sample Ok(double due, double latency, string label = "positive", int text = 0, int attempts = 1, string silo = "silo-a") => new()
    {
        Caller = CallerKind.OneUrlKey,
        Due = TimeSpan.FromMilliseconds(due),
        Latency = TimeSpan.FromMilliseconds(latency),
        Text = text,
        Label = label,
        Score = 0.9,
        ServedBy = silo,
        Attempts = attempts,
        Status = 200,
    };

    public static Sample Bad(double due, double latency) => new()
    {
        Caller = CallerKind.OneUrlKey,
        Due = TimeSpan.FromMilliseconds(due),
        Latency = TimeSpan.FromMilliseconds(latency),
        Text = 0,
        Failure = "answered 504",
        Status = 504,
    };

    /// <summary>Before the fault, text 0 was surely positive and text 1 hardly so.</summary>
    public static KnownAnswers Known() => new([Ok(0, 1), Ok(0, 1, text: 1) with { Score = 0.515 }]);
}
