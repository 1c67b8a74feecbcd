using Evergrain.Client;
using Evergrain.Engine;
using Evergrain.Engine.Models;
using Evergrain.Engine.Sessions;

namespace Evergrain.Bench.Throughput;

/// <summary>What of ONNX Runtime's own speed is left behind the engine, the cluster and HTTP: all four in each round, one after the other, so that
/// whatever else the machine does meets all alike.</summary>
internal static class ThroughputBench
{
    private const int TextCount = 4096;

    /// <returns>0 where every line asked for is kept, else 1.</returns>
    public static async Task<int> RunAsync(ThroughputOptions options, CancellationToken cancellationToken)
    {
        var package = ModelPackage.Load(options.Model, cancellationToken);
        var texts = ReviewTexts.Create(TextCount);
        var work = Workload.Of(package, texts, options.PerCall, options.InFlight, TimeSpan.FromSeconds(options.WarmUp), TimeSpan.FromSeconds(options.Seconds));
        Console.WriteLine($"{options.Model} ({package.Identity.Version}), {options.Device}, {options.Threads} threads on {Environment.ProcessorCount} cores, .NET {Environment.Version}");
        Console.WriteLine(
            $"{options.Rounds} rounds of {options.Seconds} s each; texts of {work.Tokens.Average():F1} tokens; {options.InFlight} calls of {options.PerCall} in flight; medians");

        var rounds = await MeasureAsync(options, package, work, cancellationToken);
        return Report(options, rounds) ? 0 : 1;
    }

    private static async Task<List<IReadOnlyList<(string Name, Measured Measured)>>> MeasureAsync(
        ThroughputOptions options, ModelPackage package, Workload work, CancellationToken cancellationToken)
    {
        await using var pair = await ServingPair.StartAsync(options, cancellationToken);
        var engine = await InferenceEngine.OpenAsync(
            new EngineOptions { ModelPath = options.Model, Devices = [options.Device], BatchTokens = options.BatchTokens, Cores = options.Threads, Threads = options.Slots > 0 ? options.Threads / options.Slots : 0, Slots = options.Slots, Limits = new(new EngineLimits { MaxQueueWait = TimeSpan.FromMinutes(1) }) }, TimeProvider.System, cancellationToken);
        ITarget[] targets =
        [
            new BareRuntime("(a) ONNX Runtime alone", package, BareRuntime.Plain(options.Threads, DeviceSpec.Parse(options.Device).CudaId), options.BareTokens),
            new EngineTarget(engine),
            new ChannelTarget(await EvergrainClient.ConnectAsync(pair.Silo), pair),
            new HttpTarget(pair),
        ];
        var rounds = new List<IReadOnlyList<(string, Measured)>>();
        try
        {
            for (var round = 0; round < options.Rounds; round++)
            {
                var measured = new List<(string, Measured)>();
                foreach (var target in targets) measured.Add((target.Name, await target.RunAsync(work, cancellationToken)));
                rounds.Add(measured);
            }
        }
        finally
        {
            foreach (var target in targets) await target.DisposeAsync();
        }

        return rounds;
    }

    private static bool Report(ThroughputOptions options, List<IReadOnlyList<(string Name, Measured Measured)>> rounds)
    {
        Console.WriteLine();
        Console.WriteLine("                           | texts/s | tokens/s | of (a) | p50 ms | p95 ms | p99 ms | CPU µs a text | bytes a text, here");
        Console.WriteLine("---------------------------|---------|----------|--------|--------|--------|--------|---------------|-------------------");
        var lines = new List<string>();
        var kept = true;
        for (var i = 0; i < rounds[0].Count; i++)
        {
            var at = i;
            var name = rounds[0][i].Name;
            // Each round is compared with its own bare run.
            var ratio = Rounds.Median(rounds, round => round[at].Measured.TokenRate / round[0].Measured.TokenRate);
            Console.WriteLine(
                $"{name,-26} | {Of(m => m.Rate),7:F1} | {Of(m => m.TokenRate),8:F0} | {ratio,6:F3} | {Of(m => m.Percentile(0.5)),6:F1} | {Of(m => m.Percentile(0.95)),6:F1} "
                + $"| {Of(m => m.Percentile(0.99)),6:F1} | {Of(m => m.Processor) * 1e6,13:F0} | {Of(m => m.Bytes),18:F0}");
            if (!options.Least.TryGetValue(name[1], out var least)) continue;
            kept &= ratio >= least;
            lines.Add($"{(ratio >= least ? "PASS" : "FAIL")}: {name} has {ratio:F3} of the runtime alone; the line is {least:F2}");

            double Of(Func<Measured, double> figure) => Rounds.Median(rounds, round => figure(round[at].Measured));
        }

        Console.WriteLine();
        foreach (var line in lines) Console.WriteLine(line);
        return kept;
    }
}
