using System.Collections.Immutable;
using Evergrain.Bench.Baseline;
using Evergrain.Bench.Plain;
using Evergrain.Bench.Throughput;
using Evergrain.Engine.Models;
using Microsoft.ML.OnnxRuntime;
using ReviewTexts = Evergrain.Bench.Throughput.ReviewTexts;

namespace Evergrain.Bench.Latency;

/// <summary>How long an answer takes at which load, from a few requests to half as many again as can be answered; and what the way through HTTP, gateway,
/// channel and grain adds to the inference itself where nobody else is there.</summary>
internal static class LatencyBench
{
    private const double IdleShare = 0.05;
    private const int IdleRounds = 5;

    private static readonly double[] Shares = [0.05, 0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5];
    private static readonly TimeSpan Added = TimeSpan.FromMilliseconds(1.5);

    /// <summary>After an overload the queues are left to run dry.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(4);

    /// <returns>0 where what is added at 5 % load is within its line.</returns>
    public static async Task<int> RunAsync(LatencyOptions options, CancellationToken cancellationToken)
    {
        var package = ModelPackage.Load(options.Model, cancellationToken);
        ImmutableArray<string> texts = [.. ReviewTexts.Create(20_000)];
        await using var pair = await EvergrainStack.StartAsync("pair", options.Model, cancellationToken);
        var load = new OpenLoop(texts);
        await load.FullSpeedAsync(pair.Address, cancellationToken); // until what runs often is compiled for speed
        var most = await load.FullSpeedAsync(pair.Address, cancellationToken);
        Console.WriteLine($"{options.Model} ({package.Identity.Version}), two silos and two gateways on {Environment.ProcessorCount} cores, lengths of real reviews; at most {most:F0} requests/s");
        bool kept;
        await using (var plain = await PlainService.StartAsync(options.Model, cancellationToken))
        {
            await load.FullSpeedAsync(plain.Address, cancellationToken);
            kept = await IdleAsync(package, texts, pair.Address, plain.Address, IdleShare * most, options.Seconds, cancellationToken);
        }

        if (options.Idle) return kept ? 0 : 1;

        var points = new List<LoadPoint>();
        Console.WriteLine();
        Console.WriteLine("load   | requests/s | answers/s | refused | failed | p50 ms | p95 ms | p99 ms");
        Console.WriteLine("-------|------------|-----------|---------|--------|--------|--------|-------");
        foreach (var share in Shares)
        {
            var length = TimeSpan.FromSeconds(options.Seconds);
            var point = LoadPoint.Of(share, length, await load.SamplesAsync(pair.Address, share * most, length, cancellationToken));
            Console.WriteLine($"{share,6:P0} | {point.Offered,10:F0} | {point.Answered,9:F0} | {point.Refused,7:P1} | {point.Failed,6:P1} | {point.P50,6:F1} | {point.P95,6:F1} | {point.P99,6:F1}");
            points.Add(point);
            await Task.Delay(Between, TimeProvider.System, cancellationToken);
        }

        if (options.Picture is { } file)
        {
            var title = $"Evergrain, {package.Identity.Name} {package.Identity.Version}, {Environment.ProcessorCount} cores for all, load generator included";
            await File.WriteAllTextAsync(file, LatencyPicture.Draw(points, most, title).ToString(), cancellationToken);
            Console.WriteLine($"picture: {file}");
        }

        return kept ? 0 : 1;
    }

    /// <summary>One request after the other at random times, each beside the same text through the runtime alone. In turns with the pair: the least that could stand
    /// there instead, which says how much of the figure is this machine's and these libraries'.</summary>
    private static async Task<bool> IdleAsync(
        ModelPackage package, ImmutableArray<string> texts, Uri address, Uri plain, double perSecond, int seconds, CancellationToken cancellationToken)
    {
        using var options = BareRuntime.Plain(threads: 1);
        using var session = new InferenceSession(package.ModelPath, options);
        var idle = new IdleRound(package, texts, session, perSecond, seconds);
        var (ofPair, ofPlain) = (new List<IdleFigures>(), new List<IdleFigures>());
        for (var round = 0; round < IdleRounds; round++)
        {
            ofPair.Add(await idle.RunAsync(address, cancellationToken));
            ofPlain.Add(await idle.RunAsync(plain, cancellationToken));
        }

        var added = Rounds.Median(ofPair, round => round.Added);
        var kept = added <= Added.TotalMilliseconds;
        Console.WriteLine($"{(kept ? "PASS" : "FAIL")}: at {IdleShare:P0} load p50 through HTTP is {added:F2} ms more than the inference alone (the line is {Added.TotalMilliseconds}); "
            + $"{IdleRounds} rounds, through HTTP and alone: {string.Join(", ", ofPair)} ms");
        Console.WriteLine($"the plainest service with the same libraries (an endpoint, an Orleans call, a grain that runs the session) adds {Rounds.Median(ofPlain, round => round.Added):F2} ms here; "
            + $"in turns: {string.Join(", ", ofPlain)} ms");
        return kept;
    }
}
