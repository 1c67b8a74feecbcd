using System.Globalization;
using Evergrain.Bench.Throughput;
using Evergrain.Engine;
using Evergrain.Engine.Models;

namespace Evergrain.Bench.Precision;

/// <summary>What whole numbers are worth: the same network in fp32 and in int8, each in an engine of its own in this process, at saturation.</summary>
internal static class PrecisionBench
{
    public const string Usage = """
        precision PACKAGES [--seconds N] [--rounds N]
          PACKAGES   folder with fp32 and int8, as tools/model/export.py writes it
          --seconds  measured, for each in each round (15)
          --rounds   (5)
        """;

    private const int TextCount = 4096;
    private const int InFlight = 128;
    private const double Line = 2.5;

    private static readonly string[] Names = ["fp32", "int8"];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    /// <returns>0 where the line is kept; 2 where the arguments cannot be understood.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args is not [{ } packages, .. var rest] || rest.Length % 2 != 0) return Misunderstood();
        var (seconds, rounds) = (15, 5);
        for (var i = 0; i < rest.Length; i += 2)
        {
            if (!int.TryParse(rest[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1) return Misunderstood();
            if (rest[i] == "--seconds") seconds = number;
            else if (rest[i] == "--rounds") rounds = number;
            else return Misunderstood();
        }

        var folders = Names.Select(name => Path.Combine(packages, name)).ToArray();
        var package = ModelPackage.Load(folders[0], cancellationToken);
        var work = Workload.Of(package, ReviewTexts.Create(TextCount), perCall: 1, InFlight, WarmUp, TimeSpan.FromSeconds(seconds));
        var measured = new List<Measured[]>();
        var targets = new List<EngineTarget>();
        try
        {
            foreach (var folder in folders)
            {
                var options = new EngineOptions { ModelPath = folder, Cores = Environment.ProcessorCount, Limits = new(new EngineLimits { MaxQueueWait = TimeSpan.FromMinutes(1) }) };
                var engine = await InferenceEngine.OpenAsync(options, TimeProvider.System, cancellationToken);
                targets.Add(new EngineTarget(engine));
                Console.WriteLine($"{folder}: {engine.Plan}");
            }

            for (var round = 0; round < rounds; round++)
            {
                var one = new Measured[targets.Count];
                for (var i = 0; i < one.Length; i++) one[i] = await targets[i].RunAsync(work, cancellationToken);
                measured.Add(one);
            }
        }
        finally
        {
            foreach (var target in targets) await target.DisposeAsync();
        }

        Console.WriteLine($"{rounds} rounds of {seconds} s each on {Environment.ProcessorCount} cores; {InFlight} texts in flight; medians");
        return Report(measured) ? 0 : 1;
    }

    private static int Misunderstood()
    {
        Console.Error.WriteLine($"usage: {Usage}");
        return 2;
    }

    private static bool Report(List<Measured[]> rounds)
    {
        Console.WriteLine();
        Console.WriteLine("     | texts/s | tokens/s | CPU ms a text");
        Console.WriteLine("-----|---------|----------|--------------");
        foreach (var (i, name) in Names.Index())
        {
            Console.WriteLine($"{name} | {Of(m => m.Rate),7:F1} | {Of(m => m.TokenRate),8:F0} | {Of(m => m.Processor * 1000),13:F1}");
            double Of(Func<Measured, double> figure) => Rounds.Median(rounds, round => figure(round[i]));
        }

        var ratio = Rounds.Median(rounds, round => round[1].TokenRate / round[0].TokenRate);
        Console.WriteLine();
        Console.WriteLine($"{(ratio >= Line ? "PASS" : "FAIL")}: int8 is {ratio:F2} × as fast; the line is {Line}");
        return ratio >= Line;
    }
}
