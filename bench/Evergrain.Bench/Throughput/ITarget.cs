using Evergrain.Engine.Models;

namespace Evergrain.Bench.Throughput;

/// <summary>Something that answers texts, at one depth of the service.</summary>
internal interface ITarget : IAsyncDisposable
{
    /// <summary>What it is, as the table says it.</summary>
    string Name { get; }

    /// <summary>Answers texts as fast as it can.</summary>
    Task<Measured> RunAsync(Workload work, CancellationToken cancellationToken);
}

/// <summary>What is asked, in what form and for how long.</summary>
/// <param name="Texts">Asked one after the other, from the start again after the last.</param>
/// <param name="Tokens">Of each text.</param>
/// <param name="PerCall">Texts in one call.</param>
/// <param name="InFlight">Calls at the same time.</param>
/// <param name="WarmUp">Not measured.</param>
/// <param name="Length">Measured.</param>
internal sealed record Workload(string[] Texts, int[] Tokens, int PerCall, int InFlight, TimeSpan WarmUp, TimeSpan Length)
{
    public static Workload Of(ModelPackage package, string[] texts, int perCall, int inFlight, TimeSpan warmUp, TimeSpan length)
        => new(texts, [.. texts.Select(text => package.Tokenizer.Encode(text, package.Manifest.MaxLength, out _).Length)], perCall, inFlight, warmUp, length);
}

/// <summary>One run of one target.</summary>
internal sealed record Measured
{
    /// <summary>Texts answered in a second.</summary>
    public required double Rate { get; init; }

    /// <summary>Tokens answered in a second: of a slow model few texts are measured, and by chance long or short ones.</summary>
    public required double TokenRate { get; init; }

    /// <summary>Time of each call that ended within the measured time, milliseconds, in order of size; empty where there are no calls.</summary>
    public double[] Latencies { get; init; } = [];

    /// <summary>Processor seconds a text of the processes that serve, and of this one where it serves.</summary>
    public double Processor { get; init; }

    /// <summary>Bytes allocated a text in this process.</summary>
    public double Bytes { get; init; }

    public double Percentile(double share) => Latencies.Length == 0 ? double.NaN : Latencies[(int)(share * (Latencies.Length - 1))];
}
