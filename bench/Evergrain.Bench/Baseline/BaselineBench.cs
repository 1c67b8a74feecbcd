using System.Collections.Immutable;
using Evergrain.Bench.Throughput;

namespace Evergrain.Bench.Baseline;

/// <summary>The pair beside what it replaces: same network, same weights, same machine, one after the other.</summary>
internal static class BaselineBench
{
    /// <summary>Requests of people must be answered within this, 99 of 100.</summary>
    private static readonly TimeSpan P99 = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(12);

    /// <summary>Share of what the old stack answers at full speed at which the faults happen: one survivor must be able to carry it.</summary>
    private const double FaultShare = 0.35;

    /// <returns>0 where the ratio is kept.</returns>
    public static async Task<int> RunAsync(BaselineOptions options, CancellationToken cancellationToken)
    {
        string[] folders = [options.Checkpoint, Path.Combine(options.Package, "fp32"), Path.Combine(options.Package, "int8")];
        var noFolder = folders.FirstOrDefault(folder => !Directory.Exists(folder));
        if ((OldStack.Missing ?? (noFolder is null ? null : $"{noFolder} is no folder")) is { } missing)
        {
            Console.Error.WriteLine(missing);
            return 2;
        }

        ImmutableArray<string> texts = [.. ReviewTexts.Create(20_000).Where(text => text.Length <= options.Characters)];
        Console.WriteLine($"{options.Rounds} rounds, {Environment.ProcessorCount} cores; texts of {texts.Average(t => t.Length):F1} characters, at most {options.Characters}; capacity: highest rate with p99 ≤ 100 ms and nothing failed; medians");
        IStack[] stacks =
        [
            await OldStack.StartAsync(options.Checkpoint, cancellationToken),
            await EvergrainStack.StartAsync("Evergrain, fp32", Path.Combine(options.Package, "fp32"), cancellationToken),
            await EvergrainStack.StartAsync("Evergrain, int8", Path.Combine(options.Package, "int8"), cancellationToken),
        ];
        try
        {
            var load = new OpenLoop(texts);
            var rounds = new List<double[]>();
            for (var round = 0; round < options.Rounds; round++)
            {
                var found = new double[stacks.Length];
                for (var i = 0; i < stacks.Length; i++)
                    found[i] = await load.CapacityAsync(stacks[i].Address, P99, TimeSpan.FromSeconds(options.Seconds), options.Steps, cancellationToken);
                rounds.Add(found);
                Console.WriteLine($"  round {round + 1}: {string.Join(", ", stacks.Zip(found, (stack, rate) => $"{stack.Name} {rate:F1}/s"))}");
            }

            var kept = ReportCapacity(stacks, rounds, OpenLoop.LeastRate(TimeSpan.FromSeconds(options.Seconds)), options.Least);
            await FaultsAsync([stacks[0], stacks[2]], load, FaultShare * await load.FullSpeedAsync(stacks[0].Address, cancellationToken), cancellationToken);
            return kept ? 0 : 1;
        }
        finally
        {
            foreach (var stack in stacks) await stack.DisposeAsync();
        }
    }

    /// <param name="stacks">The old one first, what is shipped last.</param>
    /// <param name="rounds">Capacity of each in each round.</param>
    /// <param name="leastRate">Capacities below it were not found: it stands for the old stack's where that is 0, so that the ratio is rather too small.</param>
    /// <param name="least">Line.</param>
    private static bool ReportCapacity(IStack[] stacks, List<double[]> rounds, double leastRate, double least)
    {
        Console.WriteLine();
        Console.WriteLine("                           | capacity/s | of the old");
        Console.WriteLine("---------------------------|------------|-----------");
        var ratio = 0.0;
        for (var i = 0; i < stacks.Length; i++)
        {
            var at = i;
            // Each round is compared with its own run of the old stack.
            ratio = Rounds.Median(rounds, found => found[at] / Math.Max(found[0], leastRate));
            Console.WriteLine($"{stacks[i].Name,-26} | {Rounds.Median(rounds, found => found[at]),10:F1} | {ratio,9:F2}×");
        }

        var notFound = rounds.Count(found => found[0] < leastRate);
        if (notFound > 0) Console.WriteLine($"{stacks[0].Name} kept the line at no rate of at least {leastRate:F2}/s in {notFound} of the rounds; {leastRate:F2}/s stands for it there");
        Console.WriteLine();
        Console.WriteLine($"{(ratio >= least ? "PASS" : "FAIL")}: {stacks[^1].Name} has {ratio:F2} × the capacity; the line is {least:F0} ×");
        return ratio >= least;
    }

    private static async Task FaultsAsync(IStack[] stacks, OpenLoop load, double rate, CancellationToken cancellationToken)
    {
        Console.WriteLine();
        Console.WriteLine($"{$"Faults at {rate:F1} requests/s",-26} |                  stack     | failed / requests | p50 ms | p99 ms | longest ms");
        Console.WriteLine("---------------------------|----------------------------|-------------------|--------|--------|-----------");
        (string Name, Func<IStack, Task> Make)[] faults =
        [
            ("1 killed, kill -9", stack => stack.KillOneAsync(cancellationToken)),
            ($"2 frozen for {Frozen.TotalSeconds:F0} s", stack => stack.FreezeOneAsync(Frozen, cancellationToken)),
            ("4 all restarted", stack => stack.RestartAllAsync(cancellationToken)),
        ];
        foreach (var (name, make) in faults)
        {
            foreach (var stack in stacks)
            {
                var trial = await load.FaultAsync(stack.Address, rate, () => make(stack), AfterFault, cancellationToken);
                Console.WriteLine($"{name,-26} | {stack.Name,-26} | {$"{trial.Failed} / {trial.Requests}",17} | {trial.P50,6:F0} | {trial.P99,6:F0} | {trial.Longest,9:F0}");
                await stack.WaitUntilWholeAsync(cancellationToken);
            }
        }
    }
}
