using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Evergrain.Bench.Throughput;
using Evergrain.Cli.Drill;
using Evergrain.Cli.Drill.Load;
using Evergrain.Engine.Models;
using Microsoft.ML.OnnxRuntime;

namespace Evergrain.Bench.Latency;

/// <summary>Medians of a round, in milliseconds.</summary>
internal readonly record struct IdleFigures(double Http, double Bare)
{
    public double Added => Http - Bare;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Http:F2}/{Bare:F2}");
}

/// <summary>Requests one after the other at random times, each followed, at a random time, by the same text through the runtime alone.</summary>
/// <param name="package">The model.</param>
/// <param name="texts">Asked in turn, in every round other ones.</param>
/// <param name="session">The runtime.</param>
/// <param name="perSecond">Mean rate of both together.</param>
/// <param name="seconds">How long at that rate.</param>
internal sealed class IdleRound(ModelPackage package, ImmutableArray<string> texts, InferenceSession session, double perSecond, int seconds)
{
    private const int Least = 50;

    private readonly ScenarioClock _clock = new(TimeProvider.System);
    private readonly PoissonSchedule _schedule = new(perSecond, seed: 3);
    private int _text;

    /// <exception cref="InvalidOperationException">A request was not answered.</exception>
    public async Task<IdleFigures> RunAsync(Uri address, CancellationToken cancellationToken)
    {
        using var caller = new Caller(CallerKind.OneUrl(address), 0, connect: null, _clock);
        using var options = new RunOptions();
        var (bare, http) = (new List<double>(), new List<double>());
        for (var asked = 0; asked <= Math.Max(Least, perSecond * seconds); asked++)
        {
            var text = _text++ % texts.Length;
            await _clock.DelayAsync(_schedule.Next(), cancellationToken);
            var sample = await caller.AskAsync(_clock.Now, text, LoadGenerator.Body(texts[text]));
            if (!sample.Answered) throw new InvalidOperationException($"{address}: {sample.Failure}");
            using var batch = new ReadyBatch([package.Tokenizer.Encode(texts[text], package.Manifest.MaxLength, out _)], package.Tokenizer.PadId);
            await _clock.DelayAsync(_schedule.Next(), cancellationToken);
            var started = Stopwatch.GetTimestamp();
            batch.Run(session, options);
            var took = Stopwatch.GetElapsedTime(started);
            if (asked == 0) continue; // the connection is opened, buffers made
            bare.Add(took.TotalMilliseconds);
            http.Add(sample.Latency.TotalMilliseconds);
        }

        return new IdleFigures(Rounds.Median([.. http]), Rounds.Median([.. bare]));
    }
}
