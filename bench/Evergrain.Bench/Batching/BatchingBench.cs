using System.Globalization;
using Evergrain.Bench.Throughput;
using Evergrain.Engine;
using Evergrain.Engine.Models;

namespace Evergrain.Bench.Batching;

/// <summary>What the choice of neighbours in length is worth: the engine beside a queue in the order of arrival and one text at a time, on the
/// lengths of real reviews, all in one process and at saturation.</summary>
internal static class BatchingBench
{
    public const string Usage = """
        batching [--model DIR] [--seconds N] [--rounds N]
          --model    model package (models/default)
          --seconds  measured, for each in each round (15)
          --rounds   (5)
        """;

    private const int TextCount = 4096;
    private const int InFlight = 128;
    private const double OverInOrder = 1.3;

    /// <summary>Padded tokens of the batches in order of arrival: 32 texts of 128 tokens, as servers are usually set up. The engine's own are smaller.</summary>
    private const int UsualTokens = 4096;

    private const double LongestWait = 3;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <returns>0 where the line is kept; 2 where the arguments cannot be understood.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var (model, seconds, rounds) = (Path.Combine("models", "default"), 15, 5);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length) return Misunderstood();
            if (args[i] == "--model") model = args[i + 1];
            else if (!int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1) return Misunderstood();
            else if (args[i] == "--seconds") seconds = number;
            else if (args[i] == "--rounds") rounds = number;
            else return Misunderstood();
        }

        var package = ModelPackage.Load(model, cancellationToken);
        var cores = Environment.ProcessorCount;
        var options = new EngineOptions { ModelPath = model, Cores = cores, Limits = new(new EngineLimits { MaxQueueWait = TimeSpan.FromMinutes(1) }) };
        var engine = await InferenceEngine.OpenAsync(options, TimeProvider.System, cancellationToken);
        ITarget[] targets =
        [
            new InOrderTarget("in order of arrival", package, workers: 1, cores, UsualTokens),
            new InOrderTarget("one text at a time", package, workers: cores, 1, budget: 1),
            new EngineTarget(engine),
            new InOrderTarget("in order, small batches", package, workers: cores, 1, SlotPlan.BatchTokens(cpu: true)), // for the reader, not judged
        ];
        Console.WriteLine($"{model} ({package.Identity.Version}), {cores} cores; engine: {engine.Plan}; {rounds} rounds of {seconds} s each; {InFlight} texts in flight; medians");
        var work = Workload.Of(package, ReviewTexts.Create(TextCount), perCall: 1, InFlight, WarmUp, TimeSpan.FromSeconds(seconds));
        var measured = new List<Measured[]>();
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                var one = new Measured[targets.Length];
                for (var i = 0; i < targets.Length; i++) one[i] = await targets[i].RunAsync(work, cancellationToken);
                measured.Add(one);
            }
        }
        finally
        {
            foreach (var target in targets) await target.DisposeAsync();
        }

        return Report(targets, measured) ? 0 : 1;
    }

    private static int Misunderstood()
    {
        Console.Error.WriteLine($"usage: {Usage}");
        return 2;
    }

    private static bool Report(ITarget[] targets, List<Measured[]> rounds)
    {
        Console.WriteLine();
        Console.WriteLine("                        | texts/s | p50 ms | p99 ms | longest ms");
        Console.WriteLine("------------------------|---------|--------|--------|-----------");
        foreach (var (i, target) in targets.Index())
        {
            Console.WriteLine($"{target.Name,-23} | {Of(m => m.Rate),7:F1} | {Of(m => m.Percentile(0.5)),6:F1} | {Of(m => m.Percentile(0.99)),6:F1} | {Of(m => m.Percentile(1)),10:F1}");
            double Of(Func<Measured, double> figure) => Rounds.Median(rounds, round => figure(round[i]));
        }

        var inOrder = Rounds.Median(rounds, round => round[2].TokenRate / round[0].TokenRate);
        var alone = Rounds.Median(rounds, round => round[2].TokenRate / round[1].TokenRate);
        // All come at once and each waits for about as many as there are: a text that others overtake for ever would wait many times the median.
        var longest = Rounds.Median(rounds, round => round[2].Percentile(1) / round[2].Percentile(0.5));
        Console.WriteLine();
        return Judge(inOrder >= OverInOrder, $"{inOrder:F2} × in order of arrival; the line is {OverInOrder}")
            & Judge(alone >= 1, $"{alone:F2} × one text at a time; the line is 1")
            & Judge(longest <= LongestWait, $"the longest wait is {longest:F1} × the median; the line is {LongestWait}");
    }

    private static bool Judge(bool kept, string what)
    {
        Console.WriteLine($"{(kept ? "PASS" : "FAIL")}: {what}");
        return kept;
    }
}
